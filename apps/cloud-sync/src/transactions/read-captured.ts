import { capturedTransactionSchema, readTransaction, UPCASTERS, type Transaction } from "@tillsync/sync-protocol";
import { z } from "zod";

const bodySchema = capturedTransactionSchema.extend({ transaction: z.unknown() });
const decoder = new TextDecoder();

/** The canonical transaction, as of today's schema, of a line that the read model has taken up before. */
export function readCaptured(line: Uint8Array): Transaction {
  const { body } = JSON.parse(decoder.decode(line)) as { body: unknown };
  return readTransaction(bodySchema.parse(body).transaction, UPCASTERS);
}

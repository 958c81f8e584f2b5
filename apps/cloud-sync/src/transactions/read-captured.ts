import { hash as digestOf } from "node:crypto";
import {
  capturedTransactionSchema,
  equalBytes,
  readTransaction,
  TRANSACTION_SCHEMA_VERSION,
  UPCASTERS,
  type Transaction,
} from "@tillsync/sync-protocol";
import { z } from "zod";

const bodySchema = capturedTransactionSchema.extend({ transaction: z.unknown() });
const decoder = new TextDecoder();

/**
 * The canonical transaction, as of today's schema, of a line that the read model has taken up before. `takenUp` is the
 * hash of the content that it took up: a line that still says exactly that was checked then, and is not checked again,
 * which takes half of the time. Throws for a line that cannot be read.
 */
export function readCaptured(line: Uint8Array, takenUp?: Uint8Array): Transaction {
  const { body } = JSON.parse(decoder.decode(line)) as { body: unknown };
  const { transaction } = (body ?? {}) as { transaction?: Partial<Transaction> };
  if (takenUp !== undefined && transaction?.schemaVersion === TRANSACTION_SCHEMA_VERSION && hasHash(transaction, takenUp))
    return transaction as Transaction;
  return readTransaction(bodySchema.parse(body).transaction, UPCASTERS);
}

const hasHash = (transaction: unknown, hash: Uint8Array): boolean =>
  equalBytes(digestOf("sha256", JSON.stringify(transaction), "buffer"), hash);

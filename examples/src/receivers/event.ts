import { createHash } from "node:crypto";
import {
  countsAsSale,
  currencyExponent,
  naturalKey,
  transactionSchema,
  ZERO,
  type NaturalKey,
  type RetailTransaction,
} from "@tillsync/sync-protocol";
import { z } from "zod";

/** A CloudEvents 1.0 body as the cloud's webhook sends it. Fields that a receiver does not need may come and go. */
const saleEventSchema = z.object({
  specversion: z.literal("1.0"),
  id: z.string().min(1).max(200),
  source: z.string().min(1),
  type: z.enum(["tillsync.transaction.v1", "tillsync.transaction.v1.revised"]),
  data: z.object({
    transaction: transactionSchema,
    revision: z.number().int().min(1),
  }),
});

/** A revision of a receipt, as a receiver books it. */
export interface SaleEvent {
  readonly webhookId: string;
  readonly key: NaturalKey;
  readonly revision: number;
  /** Undefined: this revision says that the receipt is no sale (any more), and what was booked must be taken back. */
  readonly sale: RetailTransaction | undefined;
  /** Minor units. What the till printed; our own sum where it printed none; 0 for no sale. */
  readonly grand: bigint;
  /** SHA-256 of the transaction: tells a repeated event from another one that claims to be the same. */
  readonly contentHash: string;
}

/** An event that has something to book. */
export type Sale = SaleEvent & { readonly sale: RetailTransaction };

export type ReadEvent = { ok: true; event: SaleEvent } | { ok: false; reason: string };

/** Reads a verified body. What is no sale is refused: a receiver that booked a training receipt would be wrong for good. */
export function readEvent(webhookId: string, body: string): ReadEvent {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return { ok: false, reason: "not JSON" };
  }
  const parsed = saleEventSchema.safeParse(json);
  if (!parsed.success) return { ok: false, reason: z.prettifyError(parsed.error).slice(0, 500) };
  const { transaction, revision } = parsed.data.data;
  const sale = countsAsSale(transaction) ? transaction : undefined;
  if (sale === undefined && revision === 1) return { ok: false, reason: "not a sale that counts" };
  const grand = BigInt(sale?.reported.grand ?? sale?.computed.grand ?? ZERO);
  const contentHash = createHash("sha256").update(JSON.stringify(transaction)).digest("base64url");
  return { ok: true, event: { webhookId, key: naturalKey(transaction.identity), revision, sale, grand, contentHash } };
}

export const exponentOf = (currency: string): number => currencyExponent(currency) ?? 2;

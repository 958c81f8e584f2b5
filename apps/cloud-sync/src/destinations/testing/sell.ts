import type { Database } from "../../db/database.ts";
import { appendDrafts } from "../../transactions/testing/append-drafts.ts";
import { makeSale, transactionDraft, type Draft } from "../../transactions/testing/make-transaction.ts";
import { runToEnd } from "../../transactions/testing/run-to-end.ts";
import type { FakeReceiver } from "./fake-receiver.ts";

export const keyOf = (sequence: string): string => `9/31/2026-11-20/${sequence}`;

export const receiptRef = (sequence: string) => ({ store: "9", workstation: "31", businessDay: "2026-11-20", sequence });

export const sale = (sequence: string, extra: object = {}): Draft => transactionDraft(makeSale({ sequence }, extra));

/** A return of a receipt; it shares its ordering key. */
export const returnOf = (sequence: string, of: string): Draft =>
  transactionDraft(makeSale({ sequence, grand: "-100", returnOf: receiptRef(of) }));

/** A post-void of a receipt. */
export const voidOf = (sequence: string, of: string): Draft =>
  transactionDraft(makeSale({ sequence, status: "postVoided", grand: "-1250" }, { voids: receiptRef(of) }));

/** Sales of `keys` receipts, each followed by returns that share its ordering key, mixed. */
export function mixedKeys(keys: number, perKey: number): Draft[] {
  const drafts: Draft[] = [];
  for (let round = 0; round < perKey; round++)
    for (let key = 0; key < keys; key++) drafts.push(round === 0 ? sale(`k${key}`) : returnOf(`k${key}-r${round}`, `k${key}`));
  return drafts;
}

/** Appends to the log as till-1 and takes up into the read model. */
export async function sell(db: Database, drafts: readonly Draft[]): Promise<void> {
  for (let i = 0; i < drafts.length; i += 500)
    await appendDrafts(db, { terminal: "till-1", receivedAtMs: Date.now() }, drafts.slice(i, i + 500));
  await runToEnd(db);
}

/** Keys of which the receiver took items in another order than the log's. */
export const keysOutOfOrder = (receiver: FakeReceiver): string[] =>
  [...receiver.firstSeen].filter(([, seen]) => seen.some((tpos, i) => i > 0 && tpos < (seen[i - 1] ?? 0))).map(([key]) => key);

import { accountKey } from "@tillsync/sync-protocol";
import type { Queryable } from "../db/database.ts";
import type { MovedHead } from "../reference/write-documents.ts";
import { writeAccountDocuments } from "./account-documents.ts";
import { copyState } from "./account-state.ts";
import { foldEntries, type AccountEntry } from "./fold-entries.ts";
import { loadRedemptions, lockAccounts } from "./lock-accounts.ts";
import { preLease } from "./pre-lease.ts";
import { writeAccounts, writeEntries } from "./write-accounts.ts";

/**
 * Counts a page of entries into their accounts, inside the transaction that moves the reader's cursor. Gives the heads of
 * the documents that moved, to be announced after the commit.
 */
export async function foldPage(tx: Queryable, entries: readonly AccountEntry[], nowMs: number): Promise<MovedHead[]> {
  if (entries.length === 0) return [];
  const states = await lockAccounts(
    tx,
    entries.map(({ value }) => value.account),
    true,
    nowMs,
  );
  const named = entries.flatMap(({ value }) => {
    const redemption = value.kind === "redeemed" ? value.redemptionId : value.of;
    return redemption === undefined ? [] : [{ key: accountKey(value.account), redemption }];
  });
  await loadRedemptions(tx, states, [...new Map(named.map((one) => [`${one.key} ${one.redemption}`, one])).values()]);
  const before = new Map([...states].map(([key, state]) => [key, copyState(state)]));
  const folded = foldEntries(states, entries);
  const changed = [...states.values()].map((after) => ({ before: before.get(after.key) ?? after, after }));
  await preLease(
    tx,
    changed.map((one) => ({ state: one.after, amount: one.after.credits - one.before.credits })),
  );
  await writeAccounts(tx, states.values(), nowMs);
  await writeEntries(tx, folded);
  return writeAccountDocuments(tx, changed, nowMs);
}

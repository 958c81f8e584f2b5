import { capturedTransactionSchema, isRetail, type Transaction } from "@tillsync/sync-protocol";
import type { AgentStore } from "../store/agent-store.ts";
import { sql } from "../store/sql.ts";
import { entryKey } from "./entry-key.ts";
import { readMeta, writeMeta } from "./meta.ts";

/** The last entry whose pseudonyms were made with the folder's own key. */
const LOCAL_PSEUDONYMS_TO = "local-pseudonyms-to";

/**
 * Keeps where the journal stood when enrolment brought the retailer's pseudonym key. To be called before anything is captured
 * with that key; later calls change nothing.
 */
export function noteRetailerPseudonyms(store: AgentStore): void {
  if (readMeta(store, LOCAL_PSEUDONYMS_TO) !== undefined) return;
  writeMeta(store, LOCAL_PSEUDONYMS_TO, String(entryKey(store.end.epoch, store.end.seq)));
}

/**
 * Whether an entry from before that change holds this very receipt, but for its pseudonyms: a file that is exported again
 * after enrolment names the same people by other hashes, which revises nothing. False where the entry is no longer kept.
 */
export function differsByPseudonymsAlone(store: AgentStore, key: number, transaction: Transaction): boolean {
  const changedAfter = readMeta(store, LOCAL_PSEUDONYMS_TO);
  if (changedAfter === undefined || key > Number(changedAfter)) return false;
  const row = store.prepare<[number], { line: Uint8Array }>(sql`SELECT line FROM entry WHERE key = ?`).get(key);
  if (row === undefined) return false;
  const { body } = JSON.parse(Buffer.from(row.line).toString()) as { body: unknown };
  const kept = capturedTransactionSchema.safeParse(body);
  return kept.success && withoutPseudonyms(kept.data.transaction) === withoutPseudonyms(transaction);
}

function withoutPseudonyms(transaction: Transaction): string {
  const { operatorId: _, ...rest } = transaction;
  if (!isRetail(transaction)) return JSON.stringify(rest);
  const { memberRef: __, ...loyalty } = transaction.loyalty ?? {};
  return JSON.stringify({ ...rest, customerRef: undefined, loyalty });
}

import { forgetReport } from "../day/keep-report.ts";
import type { AgentStore } from "../store/agent-store.ts";
import { inTransaction } from "../store/in-transaction.ts";
import { sql } from "../store/sql.ts";
import { readMeta, writeMeta } from "./meta.ts";

const STEP_RECEIPTS = 1_000;
const DAY_MS = 86_400_000;
/** Business days before this one have no complete receipts any more; `verify` does not compare their totals. */
export const RECEIPTS_FROM = "receipts-from-day";

/**
 * Looks at the next receipts after a natural key and deletes those whose business day is older than `days` and whose
 * entry is pruned. Day totals stay. Returns the key to go on from, or `undefined` at the end.
 */
export function pruneReceipts(store: AgentStore, days: number, after: string): string | undefined {
  const before = new Date(store.now() - days * DAY_MS).toISOString().slice(0, 10);
  const rows = store
    .prepare<[string, number], { natural_key: string; kept: number }>(
      sql`SELECT natural_key, EXISTS (SELECT 1 FROM entry WHERE key = entry_key) AS kept FROM receipt WHERE natural_key > ?
          ORDER BY natural_key LIMIT ?`,
    )
    .all(after, STEP_RECEIPTS);
  const old = rows.filter((row) => row.kept === 0 && businessDayOf(row.natural_key) < before);
  if (old.length > 0) {
    inTransaction(store, () => {
      for (const row of old) {
        store.prepare(sql`DELETE FROM receipt WHERE natural_key = ?`).run(row.natural_key);
        forgetReport(store, row.natural_key);
      }
      if ((readMeta(store, RECEIPTS_FROM) ?? "") < before) writeMeta(store, RECEIPTS_FROM, before);
    });
  }
  return rows.length < STEP_RECEIPTS ? undefined : rows.at(-1)?.natural_key;
}

/** The third part of a natural key. Parts are percent-encoded: the slashes are ours. */
export const businessDayOf = (key: string): string => key.split("/")[2] ?? "";

import { assert } from "@tillsync/sync-protocol";
import type { AgentStore } from "./agent-store.ts";
import { translateSqliteError } from "./sqlite-errors.ts";

/**
 * Runs `work` in one transaction that is on disk (fsync of the log) when this returns. If it throws, nothing of it
 * happened. Throws `store.*` for failures of disk or database. Not nestable: one operation, one transaction.
 */
export function inTransaction<T>(store: AgentStore, work: () => T): T {
  assert(store.mode === "write", "only the writer writes");
  assert(!store.db.inTransaction, "transactions do not nest");
  try {
    store.prepare("BEGIN IMMEDIATE").run();
    const result = work();
    store.prepare("COMMIT").run();
    return result;
  } catch (cause) {
    if (store.db.inTransaction) store.prepare("ROLLBACK").run();
    throw translateSqliteError(cause);
  }
}

import { createGate } from "./gate.ts";
import type { Database } from "./database.ts";

/**
 * The same database for one kind of work that may have only so many transactions at once. Ingest takes them one after the
 * other under its shard's lock: those that wait for it would each hold a connection, and nobody else would get one.
 */
export function fewTransactions(db: Database, atOnce: number): Database {
  const gate = createGate(atOnce, Number.POSITIVE_INFINITY);
  return { ...db, transaction: (work) => gate.run(() => db.transaction(work)) };
}

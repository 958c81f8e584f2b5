import type { AgentStore } from "../store/agent-store.ts";
import { sql } from "../store/sql.ts";

/** A small fact about this folder, or `undefined`. */
export const readMeta = (store: AgentStore, key: string): string | undefined =>
  store.prepare<[string], { value: string }>(sql`SELECT value FROM meta WHERE key = ?`).get(key)?.value;

/** Call it inside a transaction. */
export function writeMeta(store: AgentStore, key: string, value: string): void {
  store.prepare(sql`INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value`).run(key, value);
}

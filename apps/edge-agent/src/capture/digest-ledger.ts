import type { AgentStore } from "../store/agent-store.ts";
import { sql } from "../store/sql.ts";

/** How many transactions a content gave when the same reader read it before, under whatever name; `undefined`: it did not. */
export const knownDigest = (store: AgentStore, sha256: Uint8Array, reader: Uint8Array): number | undefined =>
  store
    .prepare<[Uint8Array, Uint8Array], { transactions: number }>(sql`SELECT transactions FROM digest WHERE sha256 = ? AND reader = ?`)
    .get(sha256, reader)?.transactions;

/** Enters a content that was read whole. Call it in the transaction that commits its end. */
export function keepDigest(store: AgentStore, sha256: Uint8Array, reader: Uint8Array, transactions: number): void {
  store
    .prepare(sql`INSERT INTO digest (sha256, reader, transactions, at_ms) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING`)
    .run(sha256, reader, transactions, store.now());
}

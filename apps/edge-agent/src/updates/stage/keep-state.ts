import type { AgentStore } from "../../store/agent-store.ts";
import { inTransaction } from "../../store/in-transaction.ts";
import { sql } from "../../store/sql.ts";
import type { Stepped } from "./step.ts";
import { emptyState, updateStateSchema, type UpdateState } from "./update-state.ts";

/** More refused files than this are forgotten, the oldest first; the version floor holds without them. */
const REFUSED_MAX = 1_000;

/** Where the update of a folder stands. One of a later shape is taken for none: it is looked for again. */
export function readUpdateState(store: AgentStore, version: string): UpdateState {
  const row = store.prepare<[], { state: string }>(sql`SELECT state FROM update_state WHERE id = 1`).get();
  const parsed = row === undefined ? undefined : updateStateSchema.safeParse(JSON.parse(row.state));
  return parsed?.data ?? emptyState(version);
}

/** The state and what is refused with it, in one transaction: the power may go at any instant. */
export function keepStep(store: AgentStore, { state, refuse }: Stepped): void {
  inTransaction(store, () => {
    store
      .prepare(sql`INSERT INTO update_state (id, state) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET state = excluded.state`)
      .run(JSON.stringify(state));
    if (refuse === undefined) return;
    const { sha256, version, reason } = refuse;
    store
      .prepare(sql`INSERT INTO update_refused (sha256, version, reason, at_ms) VALUES (?, ?, ?, ?) ON CONFLICT (sha256) DO NOTHING`)
      .run(sha256, version, reason, Math.round(store.now()));
    store
      .prepare(sql`DELETE FROM update_refused WHERE sha256 NOT IN (SELECT sha256 FROM update_refused ORDER BY at_ms DESC LIMIT ?)`)
      .run(REFUSED_MAX);
  });
}

/** SHA-256 of the files that are not taken again. */
export const refusedFiles = (store: AgentStore): string[] =>
  store
    .prepare<[], { sha256: string }>(sql`SELECT sha256 FROM update_refused`)
    .all()
    .map(({ sha256 }) => sha256);

/** Texts of the roots that were followed to, in order. */
export const keptRoots = (store: AgentStore): Uint8Array[] =>
  store
    .prepare<[], { envelope: Uint8Array }>(sql`SELECT envelope FROM update_root ORDER BY version`)
    .all()
    .map(({ envelope }) => envelope);

export function keepRoot(store: AgentStore, version: number, envelope: Uint8Array): void {
  inTransaction(store, () => {
    store.prepare(sql`INSERT INTO update_root (version, envelope) VALUES (?, ?) ON CONFLICT (version) DO NOTHING`).run(version, envelope);
  });
}

import { fromHex, seq, toHex, type Head, type Verdict } from "@tillsync/sync-protocol";
import type { AgentStore } from "../store/agent-store.ts";
import { inTransaction } from "../store/in-transaction.ts";
import { sql } from "../store/sql.ts";

/** Keeps how far an upstream holds an epoch. It may go back: a cloud restored from an older backup asks again. */
export function saveAcked(store: AgentStore, upstream: string, epoch: number, head: Head): void {
  inTransaction(store, () => {
    store
      .prepare(
        sql`INSERT INTO upstream (name, epoch, acked_seq, acked_hash, acked_at_ms) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET acked_seq = excluded.acked_seq, acked_hash = excluded.acked_hash, acked_at_ms = excluded.acked_at_ms`,
      )
      .run(upstream, epoch, head.seq, fromHex(head.hash), store.now());
  });
}

/** What `saveAcked` kept, or `undefined` when the upstream never acknowledged anything of the epoch. */
export function ackedHead(store: AgentStore, upstream: string, epoch: number): Head | undefined {
  const row = store
    .prepare<[string, number], { acked_seq: number; acked_hash: Uint8Array }>(
      sql`SELECT acked_seq, acked_hash FROM upstream WHERE name = ? AND epoch = ?`,
    )
    .get(upstream, epoch);
  return row && { seq: seq(row.acked_seq), hash: toHex(row.acked_hash) };
}

/** Keeps what the cloud found in entries. A verdict that was kept before is ignored. */
export function saveVerdicts(store: AgentStore, verdicts: readonly Verdict[]): void {
  if (verdicts.length === 0) return;
  inTransaction(store, () => {
    const insert = store.prepare(
      sql`INSERT INTO verdict (n, epoch, seq, kind, code, detail, at_ms) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
    );
    for (const v of verdicts) insert.run(v.n, v.epoch, v.seq, v.kind, v.code ?? null, v.detail ?? null, store.now());
  });
}

/** The highest verdict that is kept; 0 for none. The next exchange asks for what follows. */
export const lastVerdict = (store: AgentStore): number =>
  store.prepare<[], { n: number }>(sql`SELECT n FROM verdict ORDER BY n DESC LIMIT 1`).get()?.n ?? 0;

export interface OpenVerdict {
  readonly n: number;
  readonly epoch: number;
  readonly seq: number;
  readonly code: string | null;
  readonly detail: string | null;
  readonly at_ms: number;
}

/** Entries that the cloud has set aside and not taken up since, oldest verdict first. */
export const openVerdicts = (store: AgentStore, limit: number): OpenVerdict[] =>
  store
    .prepare<[number], OpenVerdict>(
      sql`SELECT n, epoch, seq, code, detail, at_ms FROM verdict AS v WHERE kind = 'set-aside'
          AND NOT EXISTS (SELECT 1 FROM verdict AS later WHERE later.epoch = v.epoch AND later.seq = v.seq AND later.n > v.n)
          ORDER BY n LIMIT ?`,
    )
    .all(limit);

import type { Database } from "../../db/database.ts";
import { sql } from "../../db/sql.ts";
import { lineOf, type Draft } from "./make-transaction.ts";

/** A store and a terminal of it, as enrolment would leave them. */
export async function addTerminal(
  db: Database,
  terminal: string,
  store = "store-1",
  posStores: readonly string[] | null = null,
): Promise<void> {
  await db.query(sql`
    INSERT INTO store (store_id, shard, pos_stores) VALUES (${store}, 'main', ${posStores}::text[])
    ON CONFLICT (store_id) DO UPDATE SET pos_stores = excluded.pos_stores`);
  await db.query(sql`INSERT INTO terminal (terminal_id, store_id) VALUES (${terminal}, ${store}) ON CONFLICT DO NOTHING`);
}

/** Appends a batch as ingest does, with hashes that nobody in these tests looks at. `drafts` may hold ready-made lines. */
export async function appendDrafts(
  db: Database,
  to: { terminal: string; epoch?: number; receivedAtMs?: number },
  drafts: readonly (Draft | Uint8Array)[],
): Promise<void> {
  const epoch = to.epoch ?? 1;
  const zero = new Uint8Array(32);
  await db.transaction(async (tx) => {
    const journals = await tx.query<{ seq: number }>(sql`
      INSERT INTO journal (terminal_id, epoch, seq, hash, updated_at_ms) VALUES (${to.terminal}, ${epoch}, ${drafts.length}, ${zero}, 0)
      ON CONFLICT (terminal_id, epoch) DO UPDATE SET seq = journal.seq + ${drafts.length} RETURNING seq`);
    const firstSeq = (journals[0]?.seq ?? 0) - drafts.length + 1;
    const shards = await tx.query<{ next_pos: number }>(sql`
      UPDATE shard SET next_pos = next_pos + ${drafts.length} WHERE shard = 'main' RETURNING next_pos`);
    const firstPos = (shards[0]?.next_pos ?? 0) - drafts.length;
    const lines = drafts.map((draft, i) => (draft instanceof Uint8Array ? draft : lineOf(firstSeq + i, draft)));
    const body = Buffer.concat([Buffer.from("{}\n"), ...lines.flatMap((line) => [line, Buffer.from("\n")])]);
    await tx.query(sql`
      INSERT INTO segment (shard, first_pos, entries, terminal_id, epoch, first_seq, previous_hash, last_hash, head_signature, received_at_ms,
        encoding, plain_bytes, skip_lines, body)
      VALUES ('main', ${firstPos}::bigint, ${drafts.length}, ${to.terminal}, ${epoch}, ${firstSeq}::bigint, ${zero}, ${zero},
        ${new Uint8Array(64)}, ${to.receivedAtMs ?? 1_000}::bigint, 'plain', ${body.length}, 1, ${body})`);
  });
}

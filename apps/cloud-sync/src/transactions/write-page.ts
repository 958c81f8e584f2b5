import type { Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import { writeOrderEvents } from "../orders/write-order-events.ts";
import type { PageDecision, TransactionInsert } from "./page.ts";

/** Writes transactions, replaced revisions and duplicates of a page: one statement each, none for what is empty. */
export async function writeTransactions(tx: Queryable, shard: string, decision: PageDecision): Promise<void> {
  if (decision.replaced.length > 0) await unmarkReplaced(tx, decision);
  if (decision.inserts.length > 0) await insertTransactions(tx, shard, decision.inserts);
  await writeOrderEvents(tx, decision.orderEvents);
  if (decision.duplicates.length > 0) await insertDuplicates(tx, shard, decision);
  for (const start of decision.epochStarts) await insertEpochStart(tx, start);
}

/** One parameter for the whole page: a JSON text that PostgreSQL takes apart itself. */
async function insertTransactions(tx: Queryable, shard: string, rows: readonly TransactionInsert[]): Promise<void> {
  await tx.query(sql`
    INSERT INTO transaction (shard, tpos, natural_key, revision, content_hash, ordering_key, pos, terminal_id, epoch, seq, source_revision,
      received_at_ms, type, status, training, category, previous_category, store_id, store, workstation, business_day, currency, exponent,
      grand, latest)
    SELECT ${shard}, tpos, natural_key, revision, decode(content_hash, 'hex'), ordering_key, pos, terminal_id, epoch, seq, source_revision,
      received_at_ms, type, status, training, category, previous_category, store_id, store, workstation, business_day, currency, exponent,
      grand, latest
    FROM json_to_recordset(${JSON.stringify(rows.map(recordOf))}::json) AS r (tpos bigint, natural_key text, revision int, content_hash text,
      ordering_key text, pos bigint, terminal_id text, epoch int, seq bigint, source_revision int, received_at_ms bigint, type text,
      status text, training boolean, category text, previous_category text, store_id text, store text, workstation text, business_day text,
      currency text, exponent smallint, grand bigint, latest boolean)
    ORDER BY tpos`);
}

const recordOf = (row: TransactionInsert): object => ({
  tpos: row.tpos,
  natural_key: row.naturalKey,
  revision: row.revision,
  content_hash: row.contentHash,
  ordering_key: row.orderingKey,
  pos: row.entry.pos,
  terminal_id: row.entry.terminal,
  epoch: row.entry.epoch,
  seq: row.entry.seq,
  source_revision: row.sourceRevision,
  received_at_ms: row.entry.receivedAtMs,
  type: row.type,
  status: row.status,
  training: row.training,
  category: row.category,
  previous_category: row.previousCategory,
  store_id: row.storeId,
  store: row.store,
  workstation: row.workstation,
  business_day: row.businessDay,
  currency: row.currency,
  exponent: row.exponent,
  grand: row.grand,
  latest: row.latest,
});

async function unmarkReplaced(tx: Queryable, decision: PageDecision): Promise<void> {
  await tx.query(sql`
    UPDATE transaction t SET latest = false
    FROM json_to_recordset(${JSON.stringify(decision.replaced)}::json) AS r (shard text, tpos bigint)
    WHERE t.shard = r.shard AND t.tpos = r.tpos`);
}

async function insertDuplicates(tx: Queryable, shard: string, decision: PageDecision): Promise<void> {
  const rows = decision.duplicates.map((row) => ({
    pos: row.entry.pos,
    kind: row.kind,
    natural_key: row.naturalKey,
    revision: row.revision,
  }));
  await tx.query(sql`
    INSERT INTO duplicate_entry (shard, pos, kind, natural_key, revision)
    SELECT ${shard}, pos, kind, natural_key, revision
    FROM json_to_recordset(${JSON.stringify(rows)}::json) AS r (pos bigint, kind text, natural_key text, revision int)`);
}

/** Rare: one statement each. A retake finds it there. */
async function insertEpochStart(tx: Queryable, { entry, body }: PageDecision["epochStarts"][number]): Promise<void> {
  await tx.query(sql`
    INSERT INTO epoch_start (terminal_id, epoch, reason, previous_epoch, previous_seq, carried_over, shard, pos, received_at_ms)
    VALUES (${entry.terminal}, ${entry.epoch}, ${body.reason}, ${body.previous.epoch}, ${body.previous.seq}::bigint,
      ${body.carriedOver}::bigint, ${entry.shard}, ${entry.pos}::bigint, ${entry.receivedAtMs}::bigint)
    ON CONFLICT DO NOTHING`);
}

/** Adds the page's deltas to the shard's running totals, in the transaction that writes what they count. */
export async function writeTotals(tx: Queryable, shard: string, totals: ReadonlyMap<string, bigint>): Promise<void> {
  const rows = [...totals].filter(([, value]) => value !== 0n).map(([name, value]) => ({ name, value: value.toString() }));
  if (rows.length === 0) return;
  await tx.query(sql`
    INSERT INTO running_total AS t (shard, name, value)
    SELECT ${shard}, name, value FROM json_to_recordset(${JSON.stringify(rows)}::json) AS r (name text, value numeric)
    ON CONFLICT (shard, name) DO UPDATE SET value = t.value + excluded.value`);
}

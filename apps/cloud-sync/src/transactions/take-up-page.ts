import type { Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import { decidePage } from "./decide-page.ts";
import { loadKnown } from "./load-known.ts";
import type { PageDecision, ReadEntry, SetAsideInsert } from "./page.ts";
import { addTotal, totalName } from "./totals.ts";
import { writeTotals, writeTransactions } from "./write-page.ts";
import { writeVerdicts } from "./write-verdicts.ts";

/** Takes up one page of new entries of a shard. Runs in the cursor's transaction, under the cursor's lock. */
export async function takeUpPage(tx: Queryable, shard: string, page: readonly ReadEntry[], nowMs: number): Promise<PageDecision> {
  const decision = decidePage(page, await loadKnown(tx, shard, page));
  addTotal(decision.totals, totalName.setAside, BigInt(decision.setAside.length));
  await writeTransactions(tx, shard, decision);
  await insertSetAside(tx, shard, decision.setAside, nowMs);
  await writeTotals(tx, shard, decision.totals);
  const verdicts = decision.setAside.map((row) => ({
    ...journalPlace(row),
    kind: "set-aside" as const,
    code: row.code,
    detail: row.detail,
  }));
  await writeVerdicts(tx, verdicts, nowMs);
  return decision;
}

const journalPlace = ({ entry }: SetAsideInsert) => ({ terminal: entry.terminal, epoch: entry.epoch, seq: entry.seq });

export async function insertSetAside(tx: Queryable, shard: string, rows: readonly SetAsideInsert[], nowMs: number): Promise<void> {
  if (rows.length === 0) return;
  const records = rows.map((row) => ({
    ...journalPlace(row),
    pos: row.entry.pos,
    natural_key: row.naturalKey,
    code: row.code,
    detail: row.detail,
  }));
  await tx.query(sql`
    INSERT INTO set_aside (shard, pos, terminal_id, epoch, seq, natural_key, code, detail, at_ms)
    SELECT ${shard}, pos, terminal, epoch, seq, natural_key, code, detail, ${nowMs}::bigint
    FROM json_to_recordset(${JSON.stringify(records)}::json)
      AS r (pos bigint, terminal text, epoch int, seq bigint, natural_key text, code text, detail text)`);
}

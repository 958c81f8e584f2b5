import { assert, TillsyncError, UPCASTERS, type Upcaster } from "@tillsync/sync-protocol";
import type { Database, Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import type { LogEntry } from "../event-log/log-entry.ts";
import { lockCursor } from "../subscribers/cursor.ts";
import { decidePage } from "./decide-page.ts";
import { interpretEntry } from "./interpret-entry.ts";
import { loadKnown } from "./load-known.ts";
import type { PageDecision, ReadEntry } from "./page.ts";
import { readEntries } from "./read-entries.ts";
import { readerVersion } from "./reader-version.ts";
import { addTotal, totalName } from "./totals.ts";
import { TRANSACTIONS } from "./subscriber-name.ts";
import { writeTotals, writeTransactions } from "./write-page.ts";
import { writeVerdicts } from "./write-verdicts.ts";

/** Set-aside entries looked at in one transaction. */
const PAGE_ENTRIES = 500;

export interface Retaken {
  readonly takenUp: number;
  readonly stillOpen: number;
}

/**
 * Looks again at the open set-aside entries of one shard, in the order of the log, and takes up those that pass now:
 * appended to the transaction log in that order, each with a verdict `taken-up`. The others stay open, with their
 * reason of today. Safe beside a running subscriber of any process: both work under the cursor's lock.
 */
export async function retakeShard(
  db: Database,
  shard: string,
  nowMs: () => number,
  upcasters: Readonly<Record<number, Upcaster>> = UPCASTERS,
): Promise<Retaken> {
  let done: Retaken = { takenUp: 0, stillOpen: 0 };
  let limit = PAGE_ENTRIES;
  for (let after = 0; ;) {
    const page = await db.transaction((tx) => retakePage(tx, { shard, after, limit, nowMs: nowMs(), upcasters })).catch(failedPage);
    if (page === "end") break;
    if (page === "failed") {
      // One entry spoils its page: smaller pages up to it, and past it once it stands alone. It stays open.
      if (limit === 1) after = await nextOpen(db, shard, after);
      limit = limit === 1 ? PAGE_ENTRIES : Math.ceil(limit / 8);
      continue;
    }
    done = { takenUp: done.takenUp + page.takenUp, stillOpen: done.stillOpen + page.stillOpen };
    after = page.last;
  }
  await noteReader(db, shard, readerVersion(upcasters));
  return done;
}

/** All shards, one after the other. What `set-aside retry` and a change of a store's rules call. */
export async function retakeSetAside(
  db: Database,
  nowMs: () => number,
  upcasters: Readonly<Record<number, Upcaster>> = UPCASTERS,
): Promise<Retaken> {
  const shards = await db.query<{ shard: string }>(sql`SELECT shard FROM shard ORDER BY shard`);
  let done: Retaken = { takenUp: 0, stillOpen: 0 };
  for (const { shard } of shards) {
    const one = await retakeShard(db, shard, nowMs, upcasters);
    done = { takenUp: done.takenUp + one.takenUp, stillOpen: done.stillOpen + one.stillOpen };
  }
  return done;
}

/** Retakes the shard if what was set aside was last judged by another version of the reader. */
export async function retakeAfterUpdate(
  db: Database,
  shard: string,
  nowMs: () => number,
  upcasters: Readonly<Record<number, Upcaster>> = UPCASTERS,
): Promise<Retaken | undefined> {
  const rows = await db.query<{ reader: string }>(sql`
    SELECT reader FROM subscriber_cursor WHERE subscriber = ${TRANSACTIONS} AND shard = ${shard}`);
  if (rows[0]?.reader === readerVersion(upcasters)) return undefined;
  return retakeShard(db, shard, nowMs, upcasters);
}

async function noteReader(db: Database, shard: string, reader: string): Promise<void> {
  await db.transaction(async (tx) => {
    await lockCursor(tx, TRANSACTIONS, shard);
    await tx.query(sql`
      UPDATE subscriber_cursor SET reader = ${reader} WHERE subscriber = ${TRANSACTIONS} AND shard = ${shard}`);
  });
}

interface OpenRow {
  pos: number;
  code: string;
  detail: string | null;
}

interface PageOfRetake {
  readonly shard: string;
  readonly after: number;
  readonly limit: number;
  readonly nowMs: number;
  readonly upcasters: Readonly<Record<number, Upcaster>>;
}

function failedPage(error: unknown): "failed" {
  if (error instanceof TillsyncError && error.code === "db.unavailable") throw error;
  return "failed";
}

async function nextOpen(db: Queryable, shard: string, after: number): Promise<number> {
  const rows = await db.query<{ pos: number }>(sql`
    SELECT pos FROM set_aside WHERE state = 'open' AND shard = ${shard} AND pos > ${after}::bigint ORDER BY pos LIMIT 1`);
  return rows[0]?.pos ?? after;
}

async function retakePage(tx: Queryable, of: PageOfRetake): Promise<(Retaken & { last: number }) | "end"> {
  const { shard, after, nowMs } = of;
  await lockCursor(tx, TRANSACTIONS, shard);
  const open = await tx.query<OpenRow>(sql`
    SELECT pos, code, detail FROM set_aside WHERE state = 'open' AND shard = ${shard} AND pos > ${after}::bigint
    ORDER BY pos LIMIT ${of.limit}`);
  const last = open.at(-1);
  if (last === undefined) return "end";
  const page: ReadEntry[] = [];
  await readEntries(
    tx,
    shard,
    open.map((row) => row.pos),
    (entry) => page.push({ entry, meaning: interpretEntry(entry, of.upcasters) }),
  );
  assert(page.length === open.length, "every set-aside entry is in the log");
  const decision = decidePage(page, await loadKnown(tx, shard, page));
  await writeRetaken(tx, shard, decision, open, nowMs);
  return { takenUp: decision.passed.length, stillOpen: decision.setAside.length, last: last.pos };
}

async function writeRetaken(tx: Queryable, shard: string, decision: PageDecision, open: readonly OpenRow[], nowMs: number): Promise<void> {
  addTotal(decision.totals, totalName.setAside, -BigInt(decision.passed.length));
  await writeTransactions(tx, shard, decision);
  await writeTotals(tx, shard, decision.totals);
  await closeRows(tx, shard, decision.passed, nowMs);
  await updateReasons(tx, shard, decision, open);
  await writeVerdicts(tx, decision.passed.map(takenUp), nowMs);
}

const takenUp = (entry: LogEntry) => ({
  terminal: entry.terminal,
  epoch: entry.epoch,
  seq: entry.seq,
  kind: "taken-up" as const,
  code: undefined,
  detail: undefined,
});

async function closeRows(tx: Queryable, shard: string, passed: readonly LogEntry[], nowMs: number): Promise<void> {
  if (passed.length === 0) return;
  await tx.query(sql`
    UPDATE set_aside SET state = 'taken-up', taken_up_at_ms = ${nowMs}::bigint
    WHERE shard = ${shard} AND pos = ANY(${passed.map((entry) => entry.pos)}::bigint[])`);
}

/** The reason may have become another one, such as a field that an upcaster now reaches. */
async function updateReasons(tx: Queryable, shard: string, decision: PageDecision, open: readonly OpenRow[]): Promise<void> {
  const before = new Map(open.map((row) => [row.pos, `${row.code}\n${row.detail ?? ""}`]));
  const changed = decision.setAside
    .filter((row) => before.get(row.entry.pos) !== `${row.code}\n${row.detail ?? ""}`)
    .map((row) => ({ pos: row.entry.pos, code: row.code, detail: row.detail, natural_key: row.naturalKey }));
  if (changed.length === 0) return;
  await tx.query(sql`
    UPDATE set_aside s SET code = r.code, detail = r.detail, natural_key = r.natural_key
    FROM json_to_recordset(${JSON.stringify(changed)}::json) AS r (pos bigint, code text, detail text, natural_key text)
    WHERE s.shard = ${shard} AND s.pos = r.pos`);
}

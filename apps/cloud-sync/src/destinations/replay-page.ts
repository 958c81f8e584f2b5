import { sql } from "../db/sql.ts";
import { retryDelayMs } from "../subscribers/retry-delay.ts";
import type { Attempted } from "./attempt.ts";
import { withEdits } from "./edits.ts";
import { isWanted } from "./include.ts";
import { loadItems, type LoadedItem } from "./load-items.ts";
import { lockForWrite } from "./lock-for-write.ts";
import { renewReceipts, type Receipt } from "./record-receipts.ts";
import { readRange, type ReplayPlace, type ReplayRow } from "./replay.ts";
import { nextStep, noFailures, type FailedResult, type Failures, type NextStep } from "./retry-rule.ts";
import { sendItems } from "./send-items.ts";
import type { Worker } from "./worker.ts";

/** Items of a page: sent, then recorded with the replay's cursor. What a crash repeats at most. */
const PAGE_ROWS = 200;
/** Attempts of one item in a row before it is parked and the replay goes on. */
const ATTEMPTS_MAX = 6;

interface Tried {
  readonly attempted: Attempted | undefined;
  readonly probe: boolean;
}

interface Done {
  readonly receipts: Receipt[];
  readonly failed: { readonly item: LoadedItem; readonly step: NextStep }[];
  /** Positions that are through. */
  readonly tpos: Set<number>;
}

/**
 * Sends one page of a replay and records how far it came. Of one ordering key one item at a time, in the order of the log;
 * what fails is tried a few times in place and then parked beside the live run. Throws `LeaseLost`.
 */
export async function replayPage(worker: Worker, replay: ReplayRow, place: ReplayPlace, signal: AbortSignal): Promise<void> {
  const { deps, line, lease } = worker;
  const rows = await readRange(deps.db, { destination: line.name, shard: lease.shard, replay, place, limit: PAGE_ROWS });
  const wanted = rows.filter((row) => isWanted(line.config.include, row.category, row.previous_category));
  const items = await withEdits(deps.db, line.name, await loadItems(deps.db, lease.shard, wanted, true));
  const done: Done = { receipts: [], failed: [], tpos: new Set() };
  const chains = [...Map.groupBy(items, (item) => item.orderingKey).values()];
  const pace = createPace(worker, replay.rate);
  const runOne = async (): Promise<void> => {
    for (let chain = chains.shift(); chain !== undefined; chain = chains.shift())
      for (const item of chain) if (!(await replayItem(worker, item, done, pace, signal))) return;
  };
  await Promise.all(Array.from({ length: Math.min(line.config.concurrency, chains.length) }, runOne));
  const open = items.find((item) => !done.tpos.has(item.tpos));
  const pageEnd = rows.length < PAGE_ROWS ? place.end_tpos : (rows.at(-1)?.tpos ?? place.end_tpos);
  await record(worker, replay, open === undefined ? pageEnd : open.tpos - 1, done);
}

/** Gives each item its turn: at most `rate` of them a second. */
function createPace({ deps: { ports } }: Worker, rate: number): (signal: AbortSignal) => Promise<void> {
  let nextMs = ports.nowMs();
  return async (signal) => {
    const waitMs = Math.max(0, nextMs - ports.nowMs());
    nextMs = Math.max(nextMs, ports.nowMs()) + 1_000 / rate;
    if (waitMs > 0) await ports.sleep(waitMs, signal);
  };
}

/** Brings one item to its end; false when the replay has to stop before that. */
async function replayItem(
  worker: Worker,
  item: LoadedItem,
  done: Done,
  pace: (signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<boolean> {
  const { deps, line } = worker;
  let before: Failures | undefined;
  for (;;) {
    await pace(signal);
    const { attempted, probe } = signal.aborted ? NOT_TRIED : await waitForPlace(worker, item, before);
    if (attempted === undefined) return false;
    const { result } = attempted;
    if (result.kind === "delivered" || result.kind === "nothing") return noteArrival(done, item, attempted, deps.ports.nowMs());
    // The gate is shut now; this item waits before it.
    if (result.kind === "set-up") continue;
    const step = stepAfter(worker, result, attempted, { before, probe });
    if ((step.state !== "retrying" && step.state !== "uncertain") || step.nextAtMs === undefined) {
      done.failed.push({ item, step });
      done.tpos.add(item.tpos);
      return true;
    }
    before = { ...noFailures(before?.firstAtMs ?? deps.ports.nowMs()), attempts: step.attempts, uncertainAtMs: step.uncertainAtMs };
    const waitMs = Math.max(step.nextAtMs - deps.ports.nowMs(), retryDelayMs(1, line.config.retry, deps.ports.random()));
    await deps.ports.sleep(Math.min(waitMs, RETRY_WAIT_MAX_MS), signal);
  }
}

/** A replayed item does not wait longer in place; it is asked for again then. */
const RETRY_WAIT_MAX_MS = 60_000;

const NOT_TRIED = { attempted: undefined, probe: false };

function stepAfter(
  { deps, line }: Worker,
  result: FailedResult,
  { source, settled }: Attempted,
  { before, probe }: { before: Failures | undefined; probe: boolean },
): NextStep {
  const nowMs = deps.ports.nowMs();
  const known = before ?? noFailures(nowMs);
  return nextStep(result, settled ? { ...known, uncertainAtMs: undefined } : known, {
    rule: { ...line.config.retry, maxAttempts: Math.min(line.config.retry.maxAttempts, ATTEMPTS_MAX) },
    causes: { ...line.config.causes, waitMs: 0 },
    repeatability: line.repeatability,
    canLookUp: line.session.lookUp !== undefined,
    source,
    probe,
    nowMs,
    random: deps.ports.random(),
  });
}

/** One attempt in one of the places that the live run and the replays share. */
const waitForPlace = (worker: Worker, item: LoadedItem, before: Failures | undefined): Promise<Tried> =>
  new Promise((resolve) => {
    if (worker.draining || worker.stopped) return resolve(NOT_TRIED);
    worker.replayJobs.push({ item, before, done: (attempted, probe) => resolve({ attempted, probe }) });
    sendItems(worker);
  });

function noteArrival(done: Done, item: LoadedItem, { result }: Attempted, atMs: number): true {
  done.tpos.add(item.tpos);
  if (result.kind === "delivered")
    done.receipts.push({
      tpos: item.tpos,
      provides: [],
      identity: item.identity,
      outcome: "delivered",
      status: result.status,
      vendorId: result.vendorId,
      answerHash: result.answerHash,
      atMs,
    });
  return true;
}

async function record({ deps, line, lease }: Worker, replay: ReplayRow, tpos: number, done: Done): Promise<void> {
  const nowMs = deps.ports.nowMs();
  const past = (one: { tpos: number }): boolean => one.tpos <= tpos;
  const receipts = done.receipts.filter(past);
  const rows = done.failed
    .filter(({ item }) => past(item))
    .map(({ item, step }) => ({
      tpos: item.tpos,
      natural_key: item.naturalKey,
      ordering_key: item.orderingKey,
      identity: item.identity,
      attempts: step.attempts,
      code: step.code,
      detail: step.detail,
      uncertain_at_ms: step.uncertainAtMs,
    }));
  await deps.db.transaction(async (tx) => {
    await lockForWrite(tx, lease);
    await tx.query(sql`
      UPDATE replay_cursor SET tpos = ${tpos}::bigint WHERE replay = ${replay.id}::bigint AND shard = ${lease.shard}`);
    await tx.query(sql`
      UPDATE replay SET sent = sent + ${receipts.length}, parked = parked + ${rows.length} WHERE id = ${replay.id}::bigint`);
    await renewReceipts(tx, line.name, lease.shard, receipts);
    if (rows.length === 0) return;
    await tx.query(sql`
      INSERT INTO delivery (destination, shard, tpos, replay, natural_key, ordering_key, identity, state, attempts, first_at_ms, last_at_ms,
        code, detail, uncertain_at_ms)
      SELECT ${line.name}, ${lease.shard}, tpos, ${replay.id}::bigint, natural_key, ordering_key, identity, 'parked', attempts,
        ${nowMs}::bigint, ${nowMs}::bigint, code, detail, uncertain_at_ms
      FROM json_to_recordset(${JSON.stringify(rows)}::json) AS r (tpos bigint, natural_key text, ordering_key text, identity text,
        attempts int, code text, detail text, uncertain_at_ms bigint)`);
  });
}

import { sql } from "../db/sql.ts";
import type { SendResult } from "../connectors/connector.ts";
import { retryDelayMs } from "../subscribers/retry-delay.ts";
import { DESTINATIONS_TOPIC } from "./destination-name.ts";
import { withEdits } from "./edits.ts";
import { gateAllows } from "./gate.ts";
import { isWanted } from "./include.ts";
import type { Line } from "./line.ts";
import { loadItems, type LoadedItem } from "./load-items.ts";
import { LOG_COLUMNS, type LogRow } from "./log-row.ts";
import { activeReplays, rangeCondition, type ReplayRow } from "./replay.ts";
import { vendorIdOf } from "./vendor-id.ts";
import type { DispatchDeps } from "./worker.ts";

const POLL_MS = 1_000;
/** Items of a page: sent, then recorded with the replay's cursor. What a crash repeats at most. */
const PAGE_ROWS = 50;
/** Items a second at most: the live run and the receiver keep their breath. */
const RATE_PER_SECOND = 50;
/** Attempts of one item in a row before it is parked and the replay goes on. */
const ATTEMPTS_MAX = 6;

/** Works a destination's replays one after the other, beside the live run, until `signal` aborts. Never rejects. */
export async function runReplays(deps: DispatchDeps, line: Line, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const since = deps.wake.mark(DESTINATIONS_TOPIC);
    let worked = false;
    try {
      for (const replay of await activeReplays(deps.db, line.name)) worked = (await replayPage(deps, line, replay, signal)) || worked;
    } catch (error) {
      deps.log.warn({ err: error, destination: line.name }, "a replay failed and is tried again");
      await deps.ports.sleep(POLL_MS, signal);
    }
    if (!worked) await deps.wake.wait(DESTINATIONS_TOPIC, POLL_MS, signal, since);
  }
}

interface PlaceRow {
  shard: string;
  tpos: number;
  end_tpos: number;
}

/** One page of one shard; false when there was nothing to do now. */
async function replayPage(deps: DispatchDeps, line: Line, replay: ReplayRow, signal: AbortSignal): Promise<boolean> {
  const places = await deps.db.query<PlaceRow>(sql`
    SELECT shard, tpos, end_tpos FROM replay_cursor WHERE replay = ${replay.id}::bigint AND tpos < end_tpos ORDER BY shard LIMIT 1`);
  const [place] = places;
  if (place === undefined) {
    await deps.db.query(sql`UPDATE replay SET state = 'done', done_at_ms = ${deps.ports.nowMs()}::bigint WHERE id = ${replay.id}::bigint`);
    deps.log.info({ destination: line.name, replay: replay.id }, "a replay is done");
    return true;
  }
  const rows = await readRange(deps, replay, place);
  const wanted = rows.filter((row) => isWanted(line.config.include, row.category, row.previous_category));
  const items = await withEdits(deps.db, line.name, await loadItems(deps.db, place.shard, wanted, true));
  let sent = 0;
  const failed: { item: LoadedItem; detail: string }[] = [];
  for (const item of items) {
    const result = await sendPatiently(deps, line, item, signal);
    if (signal.aborted) return false;
    if (result.kind === "delivered") sent += 1;
    else failed.push({ item, detail: result.detail });
    await deps.ports.sleep(1_000 / RATE_PER_SECOND, signal);
  }
  const tpos = rows.length < PAGE_ROWS ? place.end_tpos : (rows.at(-1)?.tpos ?? place.end_tpos);
  await record(deps, line, replay, place.shard, { tpos, sent, failed });
  return true;
}

const readRange = (deps: DispatchDeps, replay: ReplayRow, place: PlaceRow): Promise<LogRow[]> =>
  deps.db.query<LogRow>(sql`
    SELECT ${LOG_COLUMNS} FROM transaction t
    WHERE t.shard = ${place.shard} AND t.tpos > ${place.tpos}::bigint AND t.tpos <= ${place.end_tpos}::bigint
      AND ${rangeCondition(replay.from_text, replay.to_text)} AND (${replay.store}::text IS NULL OR t.store_id = ${replay.store}::text)
    ORDER BY t.tpos LIMIT ${PAGE_ROWS}`);

type PatientResult = Extract<SendResult, { kind: "delivered" | "theirs" | "rejected" | "uncertain" }>;

/** Sends when the live run may send too; what fails is tried a few times in place. Replays never shut the gate. */
async function sendPatiently(deps: DispatchDeps, line: Line, item: LoadedItem, signal: AbortSignal): Promise<PatientResult> {
  let last: PatientResult = { kind: "uncertain", detail: "not sent" };
  for (let attempt = 1; attempt <= ATTEMPTS_MAX && !signal.aborted; attempt++) {
    while (!isOpen(deps, line) && !signal.aborted) await deps.ports.sleep(POLL_MS, signal);
    if (signal.aborted) break;
    if (item.broken !== undefined) return { kind: "rejected", detail: item.broken };
    const result = await line.session.send(item, { vendorIdOf: (naturalKey) => vendorIdOf(deps.db, line.name, naturalKey) });
    if (result.kind === "set-up") {
      // The live run finds out by itself; this item waits for it.
      attempt -= 1;
      await deps.ports.sleep(POLL_MS, signal);
      continue;
    }
    if (result.kind === "delivered" || result.kind === "rejected") return result;
    if (result.kind === "nothing") return { kind: "delivered" };
    if (result.kind === "mapping-missing") return { kind: "rejected", detail: "the mapping lacks a code" };
    if (result.kind === "cause-missing" || result.kind === "foreign") return { kind: "rejected", detail: result.detail };
    last = result;
    await deps.ports.sleep(retryDelayMs(attempt, line.config.retry, deps.ports.random()), signal);
  }
  return last;
}

const isOpen = (deps: DispatchDeps, line: Line): boolean =>
  line.state === "active" && line.gate.mode === "open" && gateAllows(line.gate, deps.ports.nowMs(), 1) > 0;

async function record(
  deps: DispatchDeps,
  line: Line,
  replay: ReplayRow,
  shard: string,
  page: { tpos: number; sent: number; failed: readonly { item: LoadedItem; detail: string }[] },
): Promise<void> {
  const nowMs = deps.ports.nowMs();
  const rows = page.failed.map(({ item, detail }) => ({
    tpos: item.tpos,
    natural_key: item.naturalKey,
    ordering_key: item.orderingKey,
    identity: item.identity,
    detail,
  }));
  await deps.db.transaction(async (tx) => {
    await tx.query(sql`UPDATE replay_cursor SET tpos = ${page.tpos}::bigint WHERE replay = ${replay.id}::bigint AND shard = ${shard}`);
    await tx.query(sql`
      UPDATE replay SET sent = sent + ${page.sent}, parked = parked + ${rows.length} WHERE id = ${replay.id}::bigint`);
    if (rows.length === 0) return;
    await tx.query(sql`
      INSERT INTO delivery (destination, shard, tpos, replay, natural_key, ordering_key, identity, state, attempts, first_at_ms, last_at_ms,
        code, detail)
      SELECT ${line.name}, ${shard}, tpos, ${replay.id}::bigint, natural_key, ordering_key, identity, 'parked', ${ATTEMPTS_MAX},
        ${nowMs}::bigint, ${nowMs}::bigint, 'delivery.exhausted', detail
      FROM json_to_recordset(${JSON.stringify(rows)}::json)
        AS r (tpos bigint, natural_key text, ordering_key text, identity text, detail text)`);
  });
}

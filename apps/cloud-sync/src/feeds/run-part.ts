import type { PageBasis } from "./levels.ts";
import type { Run } from "./feed-deps.ts";
import { KEYS_MAX, type FeedPart } from "./feed-kind.ts";
import { FeedLeaseLost, lockFeed } from "./feed-lease.ts";
import { includedIn } from "./included-movements.ts";
import { refusedKeys, strikeRefusals } from "./refusals.ts";
import { retireOrders } from "./retire-orders.ts";
import { beginRound, endRound, readPart, type PartState, type Round } from "./rounds.ts";
import { sweepUnseen } from "./sweep-unseen.ts";
import { takePage } from "./take-page.ts";

/**
 * Runs one round of one part: the one that was begun and not ended, or a new one. Each page is a transaction of its own;
 * whoever stops in between, another goes on there. Throws `FeedFailed`, `FeedLeaseLost`.
 */
export async function runPart(run: Run, part: FeedPart, wishFull: boolean): Promise<void> {
  const { db, lease } = run;
  const state = await readPart(db, lease.feed, part.name);
  // Before the system is asked for anything.
  const included = await includedIn(db, part.levels ?? []);
  const round = state.round ?? (await newRound(run, part, state, wishFull));
  if (round.kind === "poll") await retryRefused(run, part, round, included);
  const isFull = round.kind === "full";
  const since = isFull ? undefined : state.since;
  let after = round.after;
  for (;;) {
    // Between pages only: a page that was read is taken.
    if (run.signal.aborted) throw new FeedLeaseLost(lease.feed);
    const { items, next } = await part.page(since, after);
    if (items.length > 0 || next !== undefined) await takePage(run, { part: part.name, round: round.number, next, included }, items);
    if (next === undefined) break;
    after = next;
  }
  if (part.keepClosedMs !== undefined) await retireOrders(run, part.name, part.keepClosedMs);
  if (isFull) await sweepUnseen(run, part.name, round.number);
  await db.transaction(async (tx) => {
    await lockFeed(tx, lease);
    await endRound(tx, lease.feed, part.name, round, run.ports.nowMs());
  });
}

async function newRound(run: Run, part: FeedPart, state: PartState, wishFull: boolean): Promise<Round> {
  const { db, lease, common, ports } = run;
  const { to, everything } = await part.begin(state.since);
  const isDue = state.fullAtMs === undefined || Math.abs(ports.nowMs() - state.fullAtMs) >= common.fullMs;
  const kind = state.since === undefined || everything || isDue || wishFull ? "full" : "poll";
  const round: Round = { number: state.lastRound + 1, kind, to, after: undefined };
  await db.transaction(async (tx) => {
    await lockFeed(tx, lease);
    await beginRound(tx, lease.feed, part.name, round);
  });
  return round;
}

/** What was refused may be right by now for a reason that is no change of its own record. */
async function retryRefused(run: Run, part: FeedPart, round: Round, included: PageBasis["included"]): Promise<void> {
  const { db, lease } = run;
  const keys = await refusedKeys(db, lease.feed, part.name, KEYS_MAX);
  if (keys.length === 0) return;
  const items = await part.items(keys);
  if (items.length > 0) await takePage(run, { part: part.name, round: round.number, included }, items);
  const there = new Set(items.map(({ key }) => key));
  await strikeRefusals(
    db,
    lease.feed,
    part.name,
    keys.filter((key) => !there.has(key)),
  );
}

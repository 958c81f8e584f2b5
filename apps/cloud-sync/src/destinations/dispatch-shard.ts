import { transactionsTopic } from "../event-log/wake.ts";
import { LeaseLost, releaseLease, type Lease } from "../subscribers/cursor.ts";
import { DATABASE_RETRY, holdLease, LEASE_MS } from "../subscribers/hold-lease.ts";
import { retryDelayMs } from "../subscribers/retry-delay.ts";
import { timeLeft } from "./deadline.ts";
import { destinationCursor, DESTINATIONS_TOPIC } from "./destination-name.ts";
import { syncState, type Line } from "./line.ts";
import { openWorker } from "./open-worker.ts";
import { readAhead, readDue } from "./read-ahead.ts";
import { runReplays } from "./run-replays.ts";
import { sendItems } from "./send-items.ts";
import { leaseMsOf, pendingCount, tick, TICK_MS, TICK_RESULTS_MAX } from "./tick.ts";
import { everythingOn, type Controls, type DispatchDeps, type Worker } from "./worker.ts";

/** Looks at the log, the exceptions and the destination's state at least this often, woken or not. */
const POLL_MS = 1_000;
/** Sends under way at a stop get this long; what takes longer is sent again under the same identity. */
const STOP_WAIT_MS = 3_000;
const STOP_POLL_MS = 20;

/**
 * Delivers one shard's transactions to one destination until `signal` aborts. Of each ordering key one item at a time,
 * in the order of the log; many keys at once. Never rejects.
 */
export const dispatchShard = (
  deps: DispatchDeps,
  line: Line,
  shard: string,
  signal: AbortSignal,
  controls: Controls = everythingOn,
): Promise<void> =>
  holdLease(deps, { subscriber: destinationCursor(line.name), shard }, signal, async (lease, onProgress, until) => {
    const worker = await openWorker(deps, line, lease, controls);
    const leaving = new AbortController();
    const replays = runReplays(worker, AbortSignal.any([until, leaving.signal]));
    try {
      await work(worker, until, onProgress);
      await finish(worker, lease, replays, signal);
    } finally {
      worker.stopped = true;
      leaving.abort();
      dropJobs(worker);
      await replays;
      // Nothing of a life may be under way in the next one.
      if (!signal.aborted) await ended(worker);
    }
  });

async function work(worker: Worker, signal: AbortSignal, onProgress: () => void): Promise<void> {
  const { deps } = worker;
  let failures = 0;
  while (!signal.aborted) {
    const since = deps.wake.mark(transactionsTopic(worker.lease.shard));
    try {
      await lookAtState(worker);
      await readAhead(worker);
      await readDue(worker);
      giveUpOverdue(worker);
      sendItems(worker);
      await rest(worker, signal, since);
      if (isTickDue(worker)) await tick(worker);
      failures = 0;
      onProgress();
    } catch (error) {
      if (error instanceof LeaseLost) throw error;
      // What was sent stays pending in memory: a database that comes back soon costs no repeat.
      failures += 1;
      deps.log.warn({ err: error, destination: worker.line.name, failures }, "the dispatcher waits for the database");
      await deps.ports.sleep(retryDelayMs(failures, DATABASE_RETRY, deps.ports.random()), signal);
    }
  }
}

function isTickDue(worker: Worker): boolean {
  const sinceMs = worker.deps.ports.nowMs() - worker.lastTickMs;
  const count = pendingCount(worker);
  return count >= TICK_RESULTS_MAX || (count > 0 && sinceMs >= TICK_MS) || isRenewalDue(worker);
}

/** By the clocks that the lease is reckoned by: one that is set back must not let it run out. */
const isRenewalDue = ({ deps, line, leaseUntil }: Worker): boolean => timeLeft(deps.ports, leaseUntil) <= leaseMsOf(line) - LEASE_MS / 3;

/** Waits until a result comes, the log or a command calls, or something is due by the clock. */
async function rest(worker: Worker, signal: AbortSignal, since: number): Promise<void> {
  const { deps, line, lease } = worker;
  const nowMs = deps.ports.nowMs();
  const waits = [POLL_MS, worker.dueAtMs - nowMs];
  if (worker.sendFromMs > nowMs) waits.push(worker.sendFromMs - nowMs);
  if (line.gate.untilMs > nowMs) waits.push(line.gate.untilMs - nowMs);
  const holdMs = line.holdMs?.() ?? 0;
  if (holdMs > 0) waits.push(holdMs);
  if (pendingCount(worker) > 0) waits.push(worker.lastTickMs + TICK_MS - nowMs);
  const waitMs = Math.max(1, Math.min(...waits));
  const over = new AbortController();
  const inner = AbortSignal.any([signal, over.signal]);
  const rung = new Promise<void>((resolve) => {
    worker.ring = resolve;
  });
  const commands = deps.wake.mark(DESTINATIONS_TOPIC);
  await Promise.race([
    rung,
    deps.wake.wait(transactionsTopic(lease.shard), waitMs, inner, since),
    deps.wake.wait(DESTINATIONS_TOPIC, waitMs, inner, commands),
  ]);
  over.abort();
  worker.ring = () => undefined;
  if (deps.wake.mark(DESTINATIONS_TOPIC) !== commands) {
    worker.dueAtMs = 0;
    worker.lookAtMs = 0;
  }
  if (deps.wake.mark(transactionsTopic(lease.shard)) !== since) worker.logHasMore = true;
}

/** Once in a while, and whenever the gate and the state disagree. Exceptions that another process made due are seen here too. */
async function lookAtState(worker: Worker): Promise<void> {
  const { deps, line } = worker;
  const nowMs = deps.ports.nowMs();
  if (nowMs < worker.lookAtMs && (line.gate.mode === "set-up") === (line.state === "set-up")) return;
  worker.lookAtMs = nowMs + POLL_MS;
  worker.logHasMore = true;
  worker.dueAtMs = Math.min(worker.dueAtMs, nowMs);
  await syncState(deps.db, line, deps.log, nowMs);
}

/**
 * Waits for what is under way - a little when the process stops, to its end when another one is to take its share -, records
 * what came in, and lets the next one start at once.
 */
async function finish(worker: Worker, lease: Lease, replays: Promise<void>, stopping: AbortSignal): Promise<void> {
  const { ports } = worker.deps;
  worker.draining = true;
  dropJobs(worker);
  for (let waitedMs = 0; worker.inFlight > 0 && waitedMs < STOP_WAIT_MS; waitedMs += stopping.aborted ? STOP_POLL_MS : 0) {
    await ports.sleep(STOP_POLL_MS);
    giveUpOverdue(worker);
    if (isRenewalDue(worker)) await tick(worker);
  }
  worker.stopped = true;
  dropJobs(worker);
  await replays;
  await tick(worker);
  // What is still out may reach the receiver yet: whoever comes next is not told that all was given back in order.
  if (worker.inFlight === 0) await releaseLease(worker.deps.db, lease);
}

/** A connector that does not come back loses its say; what it did nobody knows. */
function giveUpOverdue(worker: Worker): void {
  for (const send of worker.sends) if (send.isOver()) send.giveUp();
}

/** Waits for what is under way, which is bounded by the time of a send. */
async function ended(worker: Worker): Promise<void> {
  while (worker.sends.size > 0) {
    giveUpOverdue(worker);
    await worker.deps.ports.sleep(STOP_POLL_MS);
  }
}

/** Replays that wait for a place are told that there is none any more; at the end also those that are out: nobody waits for them. */
function dropJobs({ replayJobs, replaysOut, stopped }: Worker): void {
  for (const job of replayJobs.splice(0)) job.done(undefined, false);
  if (stopped) for (const job of replaysOut) job.done(undefined, false);
}

import { attempt, attemptContext } from "./attempt.ts";
import { timeLeft } from "./deadline.ts";
import { gateAllows, gateSends } from "./gate.ts";
import { freeKeys, isKeyOut, takeReplayKey, takeLiveKeys } from "./keys-out.ts";
import type { LoadedItem } from "./load-items.ts";
import { isWorthATurn, noteAttempt, noteGate } from "./note-attempt.ts";
import { sendBatch, sendsBatches, takeBatch } from "./send-batch.ts";
import type { DueItem, ReplayJob, Worker } from "./worker.ts";

/**
 * Starts as many sends as the gate, the concurrency and the lease allow: exceptions whose time has come first, then the
 * window; replays take turns with them. Each that ends starts the next by itself, so that the line stays full between
 * two turns of the worker.
 */
export function sendItems(worker: Worker): void {
  while (maySend(worker)) {
    const { gate, config } = worker.line;
    const allowed = gateAllows(gate, worker.deps.ports.nowMs(), config.concurrency);
    if (allowed === 0 || (gate.mode === "open" && worker.inFlight >= allowed)) return;
    const isOpen = gate.mode === "open";
    if (isOpen && !worker.replayWasLast && sendReplayed(worker)) continue;
    if (!sendLive(worker, !isOpen) && !sendReplayed(worker)) return;
  }
}

/** A send starts only while the lease certainly outlasts it: whoever takes over finds nothing of ours under way. */
function maySend(worker: Worker): boolean {
  if (worker.draining || worker.stopped || worker.line.state === "paused") return false;
  const { ports } = worker.deps;
  if (ports.nowMs() < worker.sendFromMs || (worker.line.holdMs?.() ?? 0) > 0) return false;
  return !worker.controls.fencing || timeLeft(ports, worker.leaseUntil) >= worker.line.sendMs;
}

/** Starts one send of the live run; false when it has nothing to send. */
function sendLive(worker: Worker, probe: boolean): boolean {
  const due = worker.due.shift();
  if (due === undefined && !probe && sendsBatches(worker.line)) {
    const batch = takeBatch(worker);
    if (batch.length === 0) return false;
    start(worker, false);
    void sendMany(worker, batch);
    return true;
  }
  const item = due?.item ?? worker.window.take();
  if (item === undefined) return false;
  worker.line.gate = gateSends(worker.line.gate);
  start(worker, false);
  void sendOne(worker, item, due, probe);
  return true;
}

/** Starts the first item of a replay whose key is free; false when there is none. */
function sendReplayed(worker: Worker): boolean {
  const at = worker.replayJobs.findIndex(({ item }) => !isKeyOut(worker, item.orderingKey));
  const [job] = at < 0 ? [] : worker.replayJobs.splice(at, 1);
  if (job === undefined) return false;
  const probe = worker.line.gate.mode !== "open";
  worker.line.gate = gateSends(worker.line.gate);
  start(worker, true);
  void sendJob(worker, job, probe);
  return true;
}

function start(worker: Worker, replay: boolean): void {
  worker.inFlight += 1;
  worker.replayWasLast = replay;
}

async function sendOne(worker: Worker, item: LoadedItem, due: DueItem | undefined, probe: boolean): Promise<void> {
  const attempted = await withKeys(worker, [item], () => attempt(worker, item, due));
  worker.inFlight -= 1;
  if (worker.stopped) return;
  noteAttempt(worker, item, due, attempted, probe);
  sendItems(worker);
  if (isWorthATurn(worker, attempted.result)) worker.ring();
}

async function sendMany(worker: Worker, items: readonly LoadedItem[]): Promise<void> {
  await withKeys(worker, items, () =>
    sendBatch(worker, items, attemptContext(worker), (item, result) =>
      noteAttempt(worker, item, undefined, { result, source: "send", settled: false }, false),
    ),
  );
  worker.inFlight -= 1;
  if (worker.stopped) return;
  sendItems(worker);
  worker.ring();
}

async function sendJob(worker: Worker, job: ReplayJob, probe: boolean): Promise<void> {
  const { item, before, done } = job;
  const free = takeReplayKey(worker, item.orderingKey);
  worker.replaysOut.add(job);
  const attempted = await attempt(worker, item, before);
  worker.replaysOut.delete(job);
  free();
  worker.inFlight -= 1;
  if (!worker.stopped) noteGate(worker, item, attempted);
  done(attempted, probe);
  if (worker.stopped) return;
  sendItems(worker);
}

/** Waits for what a replay has out of the same keys, which is one send at most, and keeps replays off them meanwhile. */
async function withKeys<T>(worker: Worker, items: readonly LoadedItem[], send: () => Promise<T>): Promise<T> {
  const free = takeLiveKeys(worker, items);
  try {
    const waiting = freeKeys(worker, items);
    if (waiting.length > 0) await Promise.all(waiting);
    return await send();
  } finally {
    free();
  }
}

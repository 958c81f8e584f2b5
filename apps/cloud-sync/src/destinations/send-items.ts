import type { SendContext, SendResult } from "../connectors/connector.ts";
import { gateAfter, gateAllows, gateSends } from "./gate.ts";
import type { LoadedItem } from "./load-items.ts";
import { hasRoom } from "./read-ahead.ts";
import { vendorIdOf } from "./vendor-id.ts";
import { nextStep, type FailedResult, type Failures, type NextStep } from "./retry-rule.ts";
import { sendBatch, sendsBatches, takeBatch } from "./send-batch.ts";
import { pendingCount, TICK_RESULTS_MAX } from "./tick.ts";
import type { DueItem, Worker } from "./worker.ts";

/**
 * Starts as many sends as the gate and the concurrency allow: exceptions whose time has come first, then the window.
 * Each that ends starts the next by itself, so that the line stays full between two turns of the worker.
 */
export function sendItems(worker: Worker): void {
  while (!worker.draining && !worker.stopped && worker.line.state !== "paused") {
    const { gate, config } = worker.line;
    const allowed = gateAllows(gate, worker.deps.ports.nowMs(), config.concurrency);
    if (allowed === 0 || (gate.mode === "open" && worker.inFlight >= allowed)) return;
    const due = worker.due.shift();
    const probe = gate.mode !== "open";
    if (due === undefined && !probe && sendsBatches(worker.line)) {
      const batch = takeBatch(worker);
      if (batch.length === 0) return;
      worker.inFlight += 1;
      void sendMany(worker, batch);
      continue;
    }
    const item = due?.item ?? worker.window.take();
    if (item === undefined) return;
    worker.line.gate = gateSends(gate);
    worker.inFlight += 1;
    void sendOne(worker, item, due, probe);
  }
}

async function sendOne(worker: Worker, item: LoadedItem, due: DueItem | undefined, probe: boolean): Promise<void> {
  const result = await attempt(worker, item);
  worker.inFlight -= 1;
  if (worker.stopped) return;
  settle(worker, item, due, result, probe);
  sendItems(worker);
  if (isWorthATurn(worker, result)) worker.ring();
}

async function sendMany(worker: Worker, items: readonly LoadedItem[]): Promise<void> {
  await sendBatch(worker, items, contextOf(worker), (item, result) => settle(worker, item, undefined, result, false));
  worker.inFlight -= 1;
  if (worker.stopped) return;
  sendItems(worker);
  worker.ring();
}

/** What a result means for the gate, the item and its key. */
function settle(worker: Worker, item: LoadedItem, due: DueItem | undefined, result: SendResult, probe: boolean): void {
  const { line, deps } = worker;
  const nowMs = deps.ports.nowMs();
  const random = deps.ports.random();
  line.gate = gateAfter(line.gate, result, { orderingKey: item.orderingKey, rule: line.config.retry, nowMs, random });
  if (result.kind === "set-up") line.reason = `${result.detail} (delivery.set-up)`;
  const before: Failures = due ?? { attempts: 0, firstAtMs: nowMs };
  const { rule, repeatability } = { rule: line.config.retry, repeatability: line.repeatability };
  if (result.kind === "delivered" || result.kind === "nothing") noteArrival(worker, item, due, result, nowMs);
  else if (result.kind === "set-up") giveBack(worker, item, due);
  else noteFailure(worker, item, due, nextStep(failureOf(result), before, { rule, repeatability, probe, nowMs, random }));
}

/** The worker need not turn for every result: the first starts its clock, many are recorded, room is filled. */
function isWorthATurn(worker: Worker, result: SendResult): boolean {
  const pending = pendingCount(worker);
  return result.kind !== "delivered" || pending <= 1 || pending >= TICK_RESULTS_MAX || worker.inFlight === 0 || hasRoom(worker);
}

/** A connector that throws has a bug; what it did before nobody knows. */
async function attempt(worker: Worker, item: LoadedItem): Promise<SendResult> {
  if (worker.line.capabilities.copies !== true && item.broken !== undefined) return { kind: "rejected", detail: item.broken };
  try {
    return await worker.line.session.send(item, contextOf(worker));
  } catch (error) {
    worker.deps.log.error(
      { err: error, destination: worker.line.name, identity: item.identity },
      "a connector failed with an error of its own",
    );
    return { kind: "uncertain", detail: "the connector failed" };
  }
}

type Failed = Exclude<SendResult, { kind: "delivered" | "nothing" | "set-up" }>;

const failureOf = (result: Failed): FailedResult => {
  if (result.kind === "mapping-missing")
    return { kind: "rejected", detail: result.missing.map(({ table, code }) => `${table}: ${code}`).join(", ") };
  return result.kind === "cause-missing" || result.kind === "foreign" ? { kind: "rejected", detail: result.detail } : result;
};

const contextOf = ({ deps, line }: Worker): SendContext => ({ vendorIdOf: (naturalKey) => vendorIdOf(deps.db, line.name, naturalKey) });

function noteArrival(
  worker: Worker,
  item: LoadedItem,
  due: DueItem | undefined,
  result: Extract<SendResult, { kind: "delivered" | "nothing" }>,
  atMs: number,
): void {
  const { pending } = worker;
  pending.receipts.push({
    tpos: item.tpos,
    identity: item.identity,
    status: result.kind === "delivered" ? result.status : undefined,
    vendorId: result.kind === "delivered" ? result.vendorId : undefined,
    answerHash: result.kind === "delivered" ? result.answerHash : undefined,
    atMs,
  });
  if (due === undefined) worker.window.arrived(item);
  else pending.resolved.push({ id: due.id, orderingKey: item.replay ? undefined : item.orderingKey });
}

function giveBack(worker: Worker, item: LoadedItem, due: DueItem | undefined): void {
  if (due === undefined) worker.window.putBack(item);
  else worker.due.unshift(due);
}

function noteFailure(worker: Worker, item: LoadedItem, due: DueItem | undefined, step: NextStep): void {
  if (step.nextAtMs !== undefined) worker.dueAtMs = Math.min(worker.dueAtMs, step.nextAtMs);
  if (due !== undefined) {
    worker.pending.updated.push({ id: due.id, step });
    return;
  }
  worker.window.failed(item);
  const { tpos, naturalKey, orderingKey, identity } = item;
  worker.pending.exceptions.push({ tpos, naturalKey, orderingKey, identity, step });
}

import { providesCauses } from "@tillsync/sync-protocol";
import type { SendResult } from "../connectors/connector.ts";
import type { Attempted } from "./attempt.ts";
import { gateAfter } from "./gate.ts";
import type { LoadedItem } from "./load-items.ts";
import { hasRoom } from "./read-ahead.ts";
import { nextStep, noFailures, type Failures, type NextStep } from "./retry-rule.ts";
import { pendingCount, TICK_RESULTS_MAX } from "./tick.ts";
import type { DueItem, Worker } from "./worker.ts";

/** What an attempt means for the gate, the item and its key. */
export function noteAttempt(worker: Worker, item: LoadedItem, due: DueItem | undefined, attempted: Attempted, probe: boolean): void {
  const { line, deps } = worker;
  const { result, source } = attempted;
  const nowMs = deps.ports.nowMs();
  const random = deps.ports.random();
  noteGate(worker, item, attempted);
  if (result.kind === "delivered" || result.kind === "nothing") return noteArrival(worker, item, due, result, nowMs);
  if (result.kind === "set-up") return giveBack(worker, item, due);
  const { retry: rule, causes } = line.config;
  const canLookUp = line.session.lookUp !== undefined;
  const context = { rule, causes, repeatability: line.repeatability, canLookUp, source, probe, nowMs, random };
  const step = nextStep(result, beforeOf(due ?? noFailures(nowMs), attempted), context);
  noteFailure(worker, item, due, step);
}

/** What an attempt tells of the line as a whole. */
export function noteGate({ line, deps: { ports } }: Worker, item: LoadedItem, attempted: Attempted): void {
  const of = { orderingKey: item.orderingKey, rule: line.config.retry, nowMs: ports.nowMs(), random: ports.random() };
  line.gate = gateAfter(line.gate, attempted, of);
  if (attempted.result.kind === "set-up") line.reason = `${attempted.result.detail} (delivery.set-up)`;
}

const beforeOf = (before: Failures, { settled, coming }: Attempted): Failures => ({
  ...before,
  ...(settled ? { uncertainAtMs: undefined } : {}),
  ...(coming === true ? { deadlineAtMs: undefined } : {}),
});

/** The worker need not turn for every result: the first starts its clock, many are recorded, room is filled. */
export function isWorthATurn(worker: Worker, result: SendResult): boolean {
  const pending = pendingCount(worker);
  return result.kind !== "delivered" || pending <= 1 || pending >= TICK_RESULTS_MAX || worker.inFlight === 0 || hasRoom(worker);
}

function noteArrival(
  worker: Worker,
  item: LoadedItem,
  due: DueItem | undefined,
  result: Extract<SendResult, { kind: "delivered" | "nothing" }>,
  atMs: number,
): void {
  const { pending, arrivals } = worker;
  const arrived = result.kind === "delivered" ? result : undefined;
  pending.receipts.push({
    tpos: item.tpos,
    provides: worker.line.capabilities.copies === true ? [item.naturalKey] : providesCauses(item.transaction),
    identity: item.identity,
    outcome: result.kind,
    status: arrived?.status,
    vendorId: arrived?.vendorId,
    answerHash: arrived?.answerHash,
    atMs,
  });
  // A connector that copies asks for nothing that came before.
  if (worker.line.capabilities.copies !== true) arrivals.note(item, arrived?.vendorId);
  if (due === undefined) worker.window.arrived(item);
  else pending.resolved.push({ id: due.id, orderingKey: item.replay ? undefined : item.orderingKey });
}

function giveBack(worker: Worker, item: LoadedItem, due: DueItem | undefined): void {
  if (due === undefined) worker.window.putBack(item);
  else worker.due.unshift(due);
}

function noteFailure(worker: Worker, item: LoadedItem, due: DueItem | undefined, step: NextStep): void {
  if (step.nextAtMs !== undefined) worker.dueAtMs = Math.min(worker.dueAtMs, step.nextAtMs);
  const { tpos, naturalKey, orderingKey, identity } = item;
  if (due !== undefined) {
    worker.pending.updated.push({ id: due.id, orderingKey: item.replay ? undefined : orderingKey, step });
    return;
  }
  worker.window.failed(item);
  worker.pending.exceptions.push({ tpos, naturalKey, orderingKey, identity, step });
}

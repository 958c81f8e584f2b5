import type { LookUpResult, SendContext, SendResult } from "../connectors/connector.ts";
import { findMissingCause, isComing } from "./causes.ts";
import type { LoadedItem } from "./load-items.ts";
import { isRepeatHarmless, mustLookUp, type LookUpNeed } from "./look-up-rule.ts";
import type { Failures, Source } from "./retry-rule.ts";
import { vendorIdOf } from "./vendor-id.ts";
import { withinTime } from "./within-time.ts";
import type { Worker } from "./worker.ts";

export interface Attempted {
  readonly result: SendResult;
  readonly source: Source;
  /** It is known now what became of an earlier send without an answer. */
  readonly settled: boolean;
  /** What it waits for is on its way: the time to wait begins anew. */
  readonly coming?: true;
}

/** What the rules want to know of earlier attempts; undefined: this is the first. */
export type Before = Failures | undefined;

const DATABASE_PAUSE_MS = 1_000;

/**
 * Tries once to bring an item to its end: waits for its cause, asks where asking comes first, sends. Within the time of
 * one send, which the lease outlasts; afterwards nothing more of it goes out. Never rejects.
 */
export async function attempt(worker: Worker, item: LoadedItem, before: Before): Promise<Attempted> {
  if (worker.line.capabilities.copies !== true && item.broken !== undefined) return byNobody({ kind: "rejected", detail: item.broken });
  try {
    return await withinTime(worker, (left) => waitAskSend(worker, item, before, left), unanswered("the connector did not end in time"));
  } catch (error) {
    logBug(worker, item, error);
    return unanswered("the connector failed");
  }
}

const byNobody = (result: SendResult): Attempted => ({ result, source: "nobody", settled: false });
const unanswered = (detail: string): Attempted => ({ result: { kind: "uncertain", detail }, source: "send", settled: false });

/** A connector that throws has a bug; what it did before nobody knows. */
const logBug = ({ deps, line }: Worker, item: LoadedItem, error: unknown): void =>
  deps.log.error({ err: error, destination: line.name, identity: item.identity }, "a connector failed with an error of its own");

async function waitAskSend(worker: Worker, item: LoadedItem, before: Before, left: () => number): Promise<Attempted> {
  const { line } = worker;
  try {
    const waits = await waitForCause(worker, item, before);
    if (waits !== undefined) return waits;
  } catch (error) {
    return waitForDatabase(worker, error);
  }
  const context = attemptContext(worker);
  const need = needOf(worker, item, before);
  let settled = false;
  if (need !== "no" && line.session.lookUp !== undefined) {
    const asked = await ask(worker, item, context);
    const answer = judge(worker, asked, need, before);
    if (answer !== undefined) return answer;
    settled = true;
  } else if (need === "must" && item.replay) {
    return byNobody({ kind: "rejected", detail: "the destination cannot be asked whether it has it, and a repeat could count twice" });
  }
  // Past its time another process may be at it.
  if (left() <= 0) return { ...byNobody({ kind: "theirs", detail: "its time was over before it was sent" }), settled };
  try {
    return { result: await line.session.send(item, context), source: "send", settled };
  } catch (error) {
    logBug(worker, item, error);
    return { ...unanswered("the connector failed"), settled };
  }
}

/** Whether its cause is there cannot be learned: this item waits, and nothing else is tried for a moment. */
function waitForDatabase(worker: Worker, error: unknown): Attempted {
  const { deps, line } = worker;
  deps.log.warn({ err: error, destination: line.name }, "sending waits for the database");
  worker.sendFromMs = Math.max(worker.sendFromMs, deps.ports.nowMs() + DATABASE_PAUSE_MS);
  return byNobody({ kind: "theirs", detail: "our own database could not be asked" });
}

/** Undefined: the item may go. Replays wait for nothing: what they send was there before. */
async function waitForCause(worker: Worker, item: LoadedItem, before: Before): Promise<Attempted | undefined> {
  const { deps, line, arrivals } = worker;
  if (!line.capabilities.needsCause || item.replay || before?.withoutCause === true) return undefined;
  const { include, causes } = line.config;
  const of = { destination: line.name, include, arrivals };
  const cause = await findMissingCause(deps.db, of, item);
  if (cause === undefined) return undefined;
  const missing = byNobody({ kind: "cause-missing", cause, detail: "has not arrived at this destination" });
  const isOverdue = before?.deadlineAtMs !== undefined && deps.ports.nowMs() >= before.deadlineAtMs;
  if (!isOverdue) return missing;
  if (await isComing(deps.db, of, cause)) return { ...missing, coming: true };
  return causes.overdue === "send" ? undefined : missing;
}

function needOf({ deps, line, controls }: Worker, item: LoadedItem, before: Before): LookUpNeed {
  if (!controls.lookUp) return "no";
  const { repeatability } = line;
  return mustLookUp(repeatability, {
    uncertain: before?.uncertainAtMs !== undefined,
    firstAtMs: before?.firstAtMs,
    receivedAtMs: item.receivedAtMs,
    // Only where a window asks for it: a connector that copies has its items' lines read by nobody.
    endedAtMs: isRepeatHarmless(repeatability) ? undefined : endOf(item),
    replay: item.replay,
    nowMs: deps.ports.nowMs(),
  });
}

function endOf({ transaction }: LoadedItem): number | undefined {
  const utc = transaction.end?.utc;
  return utc === undefined ? undefined : Date.parse(utc);
}

async function ask(worker: Worker, item: LoadedItem, context: SendContext): Promise<LookUpResult> {
  try {
    return (await worker.line.session.lookUp?.(item, context)) ?? { kind: "uncertain", detail: "cannot be asked" };
  } catch (error) {
    logBug(worker, item, error);
    return { kind: "uncertain", detail: "the connector failed" };
  }
}

/** What an answer means for the item; undefined: it may be sent. */
function judge({ deps, line }: Worker, asked: LookUpResult, need: LookUpNeed, before: Before): Attempted | undefined {
  if (asked.kind === "found") return { result: { kind: "delivered", vendorId: asked.vendorId }, source: "look-up", settled: true };
  if (asked.kind !== "absent" && asked.kind !== "unfinished")
    return { result: asked, source: "look-up", settled: asked.kind === "nothing" };
  const { uncertainAtMs } = before ?? {};
  if (need !== "must" || uncertainAtMs === undefined || deps.ports.nowMs() >= uncertainAtMs + line.config.retry.settleMs) return undefined;
  const detail = "not there yet; the receiver may still be at work on it";
  return { result: { kind: "uncertain", detail }, source: "settling", settled: false };
}

/** What a connector may ask while it sends: also what has arrived and is not recorded yet. */
export const attemptContext = ({ deps, line, arrivals }: Worker): SendContext => ({
  vendorIdOf: async (naturalKey) => arrivals.vendorIdOf(naturalKey) ?? vendorIdOf(deps.db, line.name, naturalKey),
});

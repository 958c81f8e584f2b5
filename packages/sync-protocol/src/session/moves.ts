import type { ErrorCode } from "../errors/codes.ts";
import type { Epoch } from "../ids.ts";
import { HELLO_JOURNALS_MAX, PUSH_HEADER_BYTES_MAX } from "../limits.ts";
import type { Effect } from "./effect.ts";
import type { Moment } from "./event.ts";
import { BLOCKED_RETRY_MS, POLL_MS, spreadMs } from "./pace.ts";
import { NOTHING_TO_SETTLE, type JournalState, type SessionState, type StateName } from "./state.ts";

/** Where the session stands, and what the host has to do. */
export interface Step {
  readonly state: SessionState;
  readonly effects: readonly Effect[];
}

/** The moves that several handlers share. Each takes a step and gives it back one move further. */
export const at = (state: SessionState): Step => ({ state, effects: [] });

export const change = (step: Step, patch: Partial<SessionState>, ...effects: readonly Effect[]): Step => ({
  state: { ...step.state, ...patch },
  effects: [...step.effects, ...effects],
});

export const changeJournal = (step: Step, epoch: Epoch, patch: Partial<JournalState>, ...effects: readonly Effect[]): Step =>
  change(
    step,
    { journals: step.state.journals.map((journal) => (journal.epoch === epoch ? { ...journal, ...patch } : journal)) },
    ...effects,
  );

/** Into a state: the timer of the one that is left stops, and what people see is told when it changed. */
export function enter(step: Step, name: StateName, moment: Moment, code: ErrorCode | undefined): Step {
  const { state } = step;
  if (state.name === name && state.code === code) return step;
  const effects: Effect[] = [];
  if (state.name !== name && state.name === "waiting") effects.push({ kind: "cancelTimer", timer: "retry" });
  if (state.name !== name && state.name === "idle") effects.push({ kind: "cancelTimer", timer: "poll" });
  effects.push({ kind: "report", state: name, ...(code === undefined ? {} : { code }) });
  return change(step, { name, code, sinceMs: state.name === name ? state.sinceMs : moment.nowMs }, ...effects);
}

/** Gives up every request under way, so that what is sent next starts from what is acknowledged. */
export function dropRequests(step: Step): Step {
  const { hello, pushes, journals } = step.state;
  const ids = [...(hello === undefined ? [] : [hello.requestId]), ...pushes.map((push) => push.requestId)];
  return change(
    step,
    {
      hello: undefined,
      pushes: [],
      settling: NOTHING_TO_SETTLE,
      journals: journals.map((journal) => ({ ...journal, sent: journal.acked.seq, held: false })),
    },
    ...ids.map((requestId) => ({ kind: "abandonRequest" as const, requestId })),
  );
}

/** Gives up the pushes of one journal from `afterSeq` on. */
export function dropPushes(step: Step, epoch: Epoch, afterSeq: number): Step {
  const dropped = step.state.pushes.filter((push) => push.epoch === epoch && push.afterSeq >= afterSeq);
  return change(
    step,
    { pushes: step.state.pushes.filter((push) => !dropped.includes(push)) },
    ...dropped.map(({ requestId }) => ({ kind: "abandonRequest" as const, requestId })),
  );
}

/** Says hello. Nothing is sent until it is answered and the heads in it are found to be ours. */
export function greet(step: Step, moment: Moment): Step {
  const requestId = step.state.nextRequestId;
  const named = namedJournals(step.state.journals);
  const greeting = enter(step, "greeting", moment, step.state.code);
  return change(
    greeting,
    { nextRequestId: requestId + 1, hello: { requestId, named: named.map(({ epoch }) => epoch) }, helloDue: false, verdictsMore: false },
    { kind: "sendHello", requestId, journals: named.map(({ epoch, local }) => ({ epoch, ...local })) },
  );
}

/**
 * The journals of a hello. A terminal with more lives than fit names those with entries to send first, oldest first;
 * the others have their turn when these are through.
 */
export function namedJournals(journals: readonly JournalState[]): readonly JournalState[] {
  if (journals.length <= HELLO_JOURNALS_MAX) return journals;
  const pending = journals.filter((journal) => journal.acked.seq < journal.local.seq);
  const rest = journals.filter((journal) => journal.acked.seq >= journal.local.seq).toReversed();
  return [...pending, ...rest].slice(0, HELLO_JOURNALS_MAX);
}

/** Goes on: sends what there is to send, or rests. The one place that decides between `sending`, `idle` and `blocked`. */
export function advance(step: Step, moment: Moment): Step {
  if (step.state.helloDue && step.state.pushes.length === 0) return greet(step, moment);
  const filled = step.state.helloDue ? step : fillWindow(step);
  const { pushes, journals } = filled.state;
  const blocked = journals.find((journal) => journal.blocked !== undefined)?.blocked;
  if (pushes.length > 0) return enter(filled, "sending", moment, blocked);
  if (filled.state.verdictsMore) return greet(filled, moment);
  if (journals.some((journal) => journal.acked.seq < journal.local.seq && journal.blocked === undefined)) return greet(filled, moment);
  if (journals.length > 0 && journals.every((journal) => journal.blocked !== undefined)) return enter(filled, "blocked", moment, blocked);
  const idle = enter(filled, "idle", moment, blocked);
  return change(idle, { failures: 0 }, { kind: "setTimer", timer: "poll", delayMs: spreadMs(POLL_MS, moment.random) });
}

/** Starts batches while there is room. A journal that is being read has to tell first how far its batch goes. */
function fillWindow(step: Step): Step {
  const { state } = step;
  if (state.pushes.length >= state.pace.inFlightMax) return step;
  const journal = state.journals.find((one) => one.confirmed && one.blocked === undefined && one.sent < one.local.seq);
  if (journal === undefined || journal.held) return step;
  if (state.pushes.some((push) => push.head === undefined)) return step;
  // One life after the other: a batch that overtook one of an older life would bring a correction before what it corrects.
  if (state.pushes.some((push) => push.epoch !== journal.epoch)) return step;
  const { entriesMax, limits } = state.pace;
  const request = { requestId: state.nextRequestId, epoch: journal.epoch, afterSeq: journal.sent };
  return change(
    step,
    { nextRequestId: state.nextRequestId + 1, pushes: [...state.pushes, { ...request, head: undefined, entries: 0 }] },
    { kind: "sendBatch", ...request, entriesMax, bytesMax: Math.max(1, limits.batchBytesMax - PUSH_HEADER_BYTES_MAX) },
  );
}

/** A journal that a person has to look at; the others go on. */
export function blockJournal(step: Step, epoch: Epoch, code: ErrorCode, moment: Moment): Step {
  const dropped = dropPushes(step, epoch, 0);
  const acked = dropped.state.journals.find((journal) => journal.epoch === epoch)?.acked.seq;
  const patch = acked === undefined ? {} : { sent: acked };
  return watchBlocked(changeJournal(dropped, epoch, { ...patch, blocked: code, held: false }), moment);
}

/** The whole session stops until a person acts. */
export const shut = (step: Step, code: ErrorCode, moment: Moment): Step =>
  enter(watchBlocked(dropRequests(step), moment), "blocked", moment, code);

function watchBlocked(step: Step, moment: Moment): Step {
  if (step.state.blockedTimer) return step;
  const delayMs = spreadMs(BLOCKED_RETRY_MS, moment.random);
  return change(step, { blockedTimer: true }, { kind: "setTimer", timer: "blocked", delayMs });
}

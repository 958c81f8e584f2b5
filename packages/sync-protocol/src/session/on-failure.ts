import { unreachable } from "../errors/assert.ts";
import type { ErrorCode } from "../errors/codes.ts";
import type { EventOf, Moment } from "./event.ts";
import { failureKind, type Failure } from "./failure.ts";
import { advance, at, blockJournal, change, changeJournal, dropPushes, dropRequests, enter, shut, type Step } from "./moves.ts";
import { retryDelayMs, shrinkPace, slowPace } from "./pace.ts";
import { journalOf, pushOf, type PushRequest, type SessionState } from "./state.ts";

/** Failures that less at once may mend. A line that is gone says nothing about how much it takes when it is back. */
const SLOWING: ReadonlySet<ErrorCode> = new Set<ErrorCode>(["wire.deadline", "wire.busy", "db.unavailable", "internal.unexpected"]);

/** The hello ended without an answer. */
export function onHelloFailed(state: SessionState, event: EventOf<"requestFailed">): Step {
  if (state.hello?.requestId !== event.requestId) return at(state);
  const step = learnTime(change(at(state), { hello: undefined }), event);
  // A hello is a few lines: whatever refuses it, or finds it too large, refuses the terminal.
  return failureKind(event.failure.code) === "passing" ? onPassing(step, event.failure, event) : shut(step, event.failure.code, event);
}

/** A batch ended without an answer. Whether it was stored is not known; sending it again settles that. */
export function onPushFailed(state: SessionState, event: EventOf<"requestFailed">): Step {
  const push = pushOf(state, event.requestId);
  if (push === undefined) return at(state);
  const step = learnTime(change(at(state), { pushes: state.pushes.filter((other) => other !== push) }), event);
  const { failure } = event;
  const kind = failureKind(failure.code);
  switch (kind) {
    case "passing":
      return onPassing(SLOWING.has(failure.code) ? change(step, { pace: slowPace(state.pace) }) : step, failure, event);
    case "tooLarge":
      return onTooLarge(step, push, event);
    case "refused":
      return advance(blockJournal(step, push.epoch, failure.code, event), event);
    case "shut":
      return shut(step, failure.code, event);
    default:
      return unreachable(kind);
  }
}

/** A pause, then a hello. What is under way is given up: behind a lost batch the others would only be gaps. */
export function onPassing(step: Step, failure: Failure, moment: Moment): Step {
  const { failures } = step.state;
  const delayMs = retryDelayMs(failures, moment.random, failure.retryAfterMs);
  const waiting = enter(dropRequests(step), "waiting", moment, failure.code);
  return change(waiting, { failures: failures + 1 }, { kind: "setTimer", timer: "retry", delayMs });
}

/** Half as much at once. One entry alone that is too large is never skipped: a person decides. */
function onTooLarge(step: Step, push: PushRequest, moment: Moment): Step {
  if (push.entries === 1) return advance(blockJournal(step, push.epoch, "wire.too-large", moment), moment);
  const smaller = change(step, { pace: shrinkPace(step.state.pace, push.entries || step.state.pace.entriesMax) });
  const acked = journalOf(step.state, push.epoch)?.acked.seq;
  const rewound = acked === undefined ? smaller : changeJournal(smaller, push.epoch, { sent: acked, held: false });
  return advance(dropPushes(rewound, push.epoch, 0), moment);
}

function learnTime(step: Step, event: EventOf<"requestFailed">): Step {
  const { serverTimeMs } = event.failure;
  return serverTimeMs === undefined ? step : change(step, {}, { kind: "learnServerTime", serverTimeMs, tookMs: event.tookMs });
}

import type { ErrorCode } from "@tillsync/sync-protocol";
import type { MissingCode, Repeatability, SendResult } from "../connectors/connector.ts";
import { retryDelayMs } from "../subscribers/retry-delay.ts";
import type { CausesRule, RetryRule } from "./destination-file.ts";

/** What failed so far. Attempts made only to see whether the destination is back do not count against the item. */
export interface Failures {
  readonly attempts: number;
  readonly firstAtMs: number;
  /** When the last send without an answer ended, unless a look-up has settled it since. */
  readonly uncertainAtMs: number | undefined;
  /** Until when it waits for its cause, once it does. */
  readonly deadlineAtMs: number | undefined;
  /** It waited for its mapping or its cause until now: what is counted of that is no failure of the item. */
  readonly waited: boolean;
  /** A person let it go out although what it is about is not there. */
  readonly withoutCause?: boolean;
}

export const noFailures = (nowMs: number): Failures => ({
  attempts: 0,
  firstAtMs: nowMs,
  uncertainAtMs: undefined,
  deadlineAtMs: undefined,
  waited: false,
});

export interface NextStep {
  readonly state: "retrying" | "uncertain" | "parked" | "held";
  readonly attempts: number;
  /** Undefined: when a person says so. */
  readonly nextAtMs: number | undefined;
  readonly code: ErrorCode;
  readonly detail: string;
  readonly uncertainAtMs: number | undefined;
  /** What it waits for: a natural key, or `member:REF`. */
  readonly cause?: string;
  /** The receiver itself says that the cause is missing, whatever is recorded here. */
  readonly saidByReceiver?: boolean;
  readonly deadlineAtMs?: number;
}

/**
 * Whose word a result is. `send`: the receiver was sent the item. `look-up`: it was asked, and sent nothing. `settling`: it
 * does not have the item, but may still be at work on an earlier send. `nobody`: the receiver was not spoken to.
 */
export type Source = "send" | "look-up" | "settling" | "nobody";

/** Results that leave an item undone and are about the item. */
export type FailedResult = Exclude<SendResult, { kind: "delivered" | "nothing" | "set-up" }>;

export interface RuleContext {
  readonly rule: RetryRule;
  readonly causes: CausesRule;
  readonly repeatability: Repeatability;
  readonly canLookUp: boolean;
  readonly source: Source;
  readonly probe: boolean;
  readonly nowMs: number;
  readonly random: number;
}

/** A receiver may ask for patience; past a day it is a mistake or a joke. */
const RETRY_AFTER_MAX_MS = 86_400_000;
/** Of the codes that a mapping lacks, as many are named. */
const MISSING_MAX = 50;

/** What becomes of an item after a failed attempt. Pure: the same table for every connector. */
export function nextStep(result: FailedResult, before: Failures, context: RuleContext): NextStep {
  switch (result.kind) {
    case "rejected":
      return parked("delivery.rejected", result.detail, before, context);
    case "foreign":
      return parked("delivery.foreign", result.detail, before, context);
    case "mapping-missing":
      return waiting("delivery.mapping-missing", namesOf(result.missing), before, context);
    case "cause-missing":
      return waitForCause(result, before, context);
    case "theirs":
    case "uncertain":
      return context.source === "settling" ? waitToSettle(result, before, context) : tryAgain(result, before, context);
  }
}

const parked = (code: ErrorCode, detail: string, before: Failures, context: RuleContext): NextStep => ({
  state: "parked",
  attempts: attemptsAfter(before, context),
  nextAtMs: undefined,
  code,
  detail,
  uncertainAtMs: before.uncertainAtMs,
});

const attemptsAfter = (before: Failures, { probe }: RuleContext): number => (before.waited ? 0 : before.attempts) + (probe ? 0 : 1);

/** Nothing was sent. It is looked at again by itself at growing intervals, and at once when what it waits for is there. */
function waiting(code: ErrorCode, detail: string, before: Failures, { rule, nowMs, random }: RuleContext): NextStep {
  const attempts = (before.waited ? before.attempts : 0) + 1;
  const nextAtMs = nowMs + retryDelayMs(attempts, rule, random);
  return { state: "held", attempts, nextAtMs, code, detail, uncertainAtMs: before.uncertainAtMs };
}

function waitForCause(result: Extract<FailedResult, { kind: "cause-missing" }>, before: Failures, context: RuleContext): NextStep {
  const deadlineAtMs = before.deadlineAtMs ?? context.nowMs + context.causes.waitMs;
  if (context.nowMs >= deadlineAtMs)
    return { ...parked("delivery.cause-overdue", `${result.cause}: ${result.detail}`, before, context), cause: result.cause };
  const step = waiting("delivery.cause-missing", `${result.cause}: ${result.detail}`, before, context);
  return {
    ...step,
    nextAtMs: Math.min(step.nextAtMs ?? deadlineAtMs, deadlineAtMs),
    cause: result.cause,
    saidByReceiver: context.source !== "nobody",
    deadlineAtMs,
  };
}

const namesOf = (missing: readonly MissingCode[]): string => {
  const names = missing.slice(0, MISSING_MAX).map(({ table, code }) => `${table}: ${code}`);
  return [...names, ...(missing.length > MISSING_MAX ? [`and ${missing.length - MISSING_MAX} more`] : [])].join(", ");
};

/** The question was answered; it is only too early to believe the answer. No failure of the item. */
const waitToSettle = (result: { detail: string }, before: Failures, { rule, nowMs, random }: RuleContext): NextStep => ({
  state: "uncertain",
  attempts: before.attempts,
  nextAtMs: (before.uncertainAtMs ?? nowMs) + rule.settleMs + retryDelayMs(1, rule, random),
  code: "delivery.uncertain",
  detail: result.detail,
  uncertainAtMs: before.uncertainAtMs,
});

function tryAgain(result: Extract<FailedResult, { kind: "theirs" | "uncertain" }>, before: Failures, context: RuleContext): NextStep {
  const { rule, nowMs } = context;
  const attempts = attemptsAfter(before, context);
  const sentUnanswered = result.kind === "uncertain" && context.source === "send";
  const uncertainAtMs = sentUnanswered ? nowMs : before.uncertainAtMs;
  const { detail } = result;
  const state = uncertainAtMs === undefined ? "retrying" : "uncertain";
  // Nobody can tell whether a repeat would count twice: a person looks.
  if (sentUnanswered && context.repeatability.by === "lookup-first" && !context.canLookUp)
    return { state, attempts, nextAtMs: undefined, code: "delivery.uncertain", detail, uncertainAtMs };
  const firstAtMs = before.waited ? nowMs : before.firstAtMs;
  const old = nowMs - firstAtMs >= rule.maxAgeMs && attempts >= rule.ageAttemptsMin;
  if (attempts >= rule.maxAttempts || old) return { ...parked("delivery.exhausted", detail, before, context), uncertainAtMs };
  const floor = result.kind === "theirs" ? Math.min(result.retryAfterMs ?? 0, RETRY_AFTER_MAX_MS) : 0;
  const nextAtMs = nowMs + Math.max(floor, retryDelayMs(Math.max(attempts, 1), rule, context.random));
  const code = context.source === "look-up" ? "delivery.look-up" : sentUnanswered ? "delivery.uncertain" : "delivery.theirs";
  return { state, attempts, nextAtMs, code, detail, uncertainAtMs };
}

import type { RateRule } from "./rate-rule.ts";

/** What a credential may still ask of its vendor. Times are by one clock, the database's. */
export interface Budget {
  /** Requests that may be sent at once, as of `atMs`. */
  readonly tokens: number;
  /** Requests a second at present; undefined: no limit is known. */
  readonly perSecond: number | undefined;
  /** What `perSecond` recovers to. */
  readonly ceiling: number | undefined;
  readonly limitedAtMs: number;
  readonly blockedUntilMs: number;
  /** Requests that the vendor's own window still holds until `leftUntilMs`. */
  readonly left: number | undefined;
  readonly leftUntilMs: number;
  readonly atMs: number;
}

/** What one process saw since it last asked, and what it wants now. */
export interface Report {
  /** Requests that it would send soon. */
  readonly wish: number;
  /** An answer said that we are too fast. */
  readonly limited: { readonly retryAfterMs: number | undefined } | undefined;
  /** Requests a second that it sent of late: where a limit is learnt from, when none was told. */
  readonly sentPerSecond: number;
  readonly remaining: { readonly requests: number; readonly resetMs: number } | undefined;
}

export interface Grant {
  readonly granted: number;
  /** No limit is known: whoever is granted may send what it likes until it asks again. */
  readonly free: boolean;
  /** When the next request can be granted, from now; 0 when something was. */
  readonly waitMs: number;
}

/** Refusals within this time are of one overload: the rate is halved once. */
const HALVE_EVERY_MS = 1_000;
/** Silence after a refusal that names no time. */
const PAUSE_MS = 1_000;
/** A vendor that asks for more is asked again after this: a mistake must not stop a destination for a week. */
export const PAUSE_MAX_MS = 3_600_000;
/** Part of the ceiling that a second without refusals gives back: from the half to the whole in half a minute. */
const RECOVERY_PER_SECOND = 1 / 60;
/** Part of the ceiling below which refusals do not push: enough to notice when the vendor takes more again. */
const FLOOR_PART = 1 / 64;
/** Seconds' worth of requests that one process takes at once. */
export const CHUNK_SECONDS = 0.5;

export const freshBudget = (rule: RateRule | undefined, nowMs: number): Budget => ({
  tokens: rule === undefined ? 0 : burstOf(rule, rule.perSecond),
  perSecond: rule?.perSecond,
  ceiling: rule?.perSecond,
  limitedAtMs: 0,
  blockedUntilMs: 0,
  left: undefined,
  leftUntilMs: 0,
  atMs: nowMs,
});

/** What a silence saves up. Below the chunk that a process takes at once, most of the rate could not be used. */
const burstOf = (rule: RateRule | undefined, perSecond: number): number =>
  Math.max(1, rule?.burst ?? perSecond, (rule?.perSecond ?? perSecond) * CHUNK_SECONDS);

/**
 * Takes a report into account and grants what may be sent now. Over any time T everybody together is granted at most the
 * burst and `perSecond` times T; a refusal halves the rate, and time without one gives it back. Pure.
 */
export function settleBudget(before: Budget, rule: RateRule | undefined, report: Report, nowMs: number): { budget: Budget; grant: Grant } {
  const refilled = refill(before, rule, nowMs);
  const told = noteRemaining(noteLimited(refilled, report, nowMs), report, nowMs);
  return grant(told, report.wish, nowMs);
}

/** Brings tokens, rate and window up to now. While all were silent nothing is saved up and nothing recovers. */
function refill(before: Budget, rule: RateRule | undefined, nowMs: number): Budget {
  const now = Math.max(nowMs, before.atMs);
  const seconds = Math.max(0, now - Math.max(before.atMs, before.blockedUntilMs)) / 1_000;
  const budget = { ...before, atMs: now, ...(now >= before.leftUntilMs ? { left: undefined } : {}) };
  // A rule that was set or changed since counts from now on.
  const ceiling = rule?.perSecond ?? budget.ceiling;
  const former = budget.perSecond ?? rule?.perSecond;
  if (former === undefined || ceiling === undefined) return budget;
  const perSecond = Math.min(ceiling, former + ceiling * RECOVERY_PER_SECOND * seconds);
  if (rule === undefined && perSecond >= ceiling) return { ...budget, perSecond: undefined, ceiling: undefined, tokens: 0 };
  const tokens = Math.min(burstOf(rule, perSecond), budget.tokens + former * seconds);
  return { ...budget, perSecond, ceiling, tokens };
}

function noteLimited(budget: Budget, { limited, sentPerSecond }: Report, nowMs: number): Budget {
  if (limited === undefined) return budget;
  const pauseMs = Math.min(limited.retryAfterMs ?? PAUSE_MS, PAUSE_MAX_MS);
  const silent = { ...budget, tokens: 0, blockedUntilMs: Math.max(budget.blockedUntilMs, nowMs + pauseMs) };
  if (nowMs - budget.limitedAtMs < HALVE_EVERY_MS) return silent;
  // Where no limit was told, what was sent when the vendor complained is the first guess.
  const ceiling = budget.ceiling ?? Math.max(1, sentPerSecond);
  const perSecond = Math.max(ceiling * FLOOR_PART, (budget.perSecond ?? ceiling) / 2);
  return { ...silent, ceiling, perSecond, limitedAtMs: nowMs };
}

function noteRemaining(budget: Budget, { remaining }: Report, nowMs: number): Budget {
  if (remaining === undefined) return budget;
  const leftUntilMs = nowMs + Math.min(remaining.resetMs, PAUSE_MAX_MS);
  // The vendor's latest word; what was granted and is still on its way may exceed it by a chunk of each process.
  return { ...budget, left: remaining.requests, leftUntilMs };
}

function grant(budget: Budget, wish: number, nowMs: number): { budget: Budget; grant: Grant } {
  const none = (waitMs: number) => ({ budget, grant: { granted: 0, free: false, waitMs } });
  if (nowMs < budget.blockedUntilMs) return none(budget.blockedUntilMs - nowMs);
  const left = budget.left === undefined ? Number.POSITIVE_INFINITY : Math.floor(budget.left);
  if (wish > 0 && left < 1) return none(Math.max(1, budget.leftUntilMs - nowMs));
  if (budget.perSecond === undefined && budget.left === undefined) return { budget, grant: { granted: 0, free: true, waitMs: 0 } };
  const chunk = budget.perSecond === undefined ? wish : Math.max(1, Math.ceil(budget.perSecond * CHUNK_SECONDS));
  const tokens = budget.perSecond === undefined ? wish : Math.floor(budget.tokens);
  const granted = Math.min(wish, chunk, tokens, left);
  const after = {
    ...budget,
    tokens: budget.perSecond === undefined ? 0 : budget.tokens - granted,
    left: budget.left === undefined ? undefined : budget.left - granted,
  };
  const waitMs = granted > 0 || wish === 0 || budget.perSecond === undefined ? 0 : ((1 - after.tokens) / budget.perSecond) * 1_000;
  return { budget: after, grant: { granted, free: false, waitMs: Math.ceil(waitMs) } };
}

import type { ErrorCode } from "@tillsync/sync-protocol";
import type { Repeatability, SendResult } from "../connectors/connector.ts";
import { retryDelayMs } from "../subscribers/retry-delay.ts";
import type { RetryRule } from "./destination-file.ts";

/** What failed so far. Attempts made only to see whether the destination is back do not count against the item. */
export interface Failures {
  readonly attempts: number;
  readonly firstAtMs: number;
}

export interface NextStep {
  readonly state: "retrying" | "uncertain" | "parked";
  readonly attempts: number;
  /** Undefined: when a person says so. */
  readonly nextAtMs: number | undefined;
  readonly code: ErrorCode;
  readonly detail: string;
}

export type FailedResult = Extract<SendResult, { kind: "theirs" | "rejected" | "uncertain" }>;

/** A receiver may ask for patience; past a day it is a mistake or a joke. */
const RETRY_AFTER_MAX_MS = 86_400_000;

/** What becomes of an item after a failed attempt. Pure: the same table for every connector. */
export function nextStep(
  result: FailedResult,
  before: Failures,
  context: { rule: RetryRule; repeatability: Repeatability; probe: boolean; nowMs: number; random: number },
): NextStep {
  const { rule, nowMs } = context;
  const attempts = before.attempts + (context.probe ? 0 : 1);
  const parked = (code: ErrorCode): NextStep => ({ state: "parked", attempts, nextAtMs: undefined, code, detail: result.detail });
  if (result.kind === "rejected") return parked("delivery.rejected");
  if (result.kind === "uncertain" && context.repeatability.by === "lookup-first")
    return { state: "uncertain", attempts, nextAtMs: undefined, code: "delivery.uncertain", detail: result.detail };
  const old = nowMs - before.firstAtMs >= rule.maxAgeMs && attempts >= rule.ageAttemptsMin;
  if (attempts >= rule.maxAttempts || old) return parked("delivery.exhausted");
  const floor = result.kind === "theirs" ? Math.min(result.retryAfterMs ?? 0, RETRY_AFTER_MAX_MS) : 0;
  const wait = Math.max(floor, retryDelayMs(Math.max(attempts, 1), rule, context.random));
  return result.kind === "uncertain"
    ? { state: "uncertain", attempts, nextAtMs: nowMs + wait, code: "delivery.uncertain", detail: result.detail }
    : { state: "retrying", attempts, nextAtMs: nowMs + wait, code: "delivery.theirs", detail: result.detail };
}

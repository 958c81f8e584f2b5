import { retryDelayMs } from "../subscribers/retry-delay.ts";
import type { SendResult } from "../connectors/connector.ts";
import type { RetryRule } from "./destination-file.ts";
import type { Source } from "./retry-rule.ts";

/** A receiver that asks all senders to slow down is obeyed this long at most; the item itself waits as long as it was told. */
const SLOW_DOWN_MAX_MS = 60_000;
const SLOW_DOWN_MS = 1_000;
/** The breaker's first pause; doubled while probes fail. */
const BREAKER_BASE_MS = 500;

/**
 * Whether a destination may be sent to at all. `open` gates let everything through; a `shut` one lets one probe through
 * when its time has come. The state is per process: a restart begins with an open gate and learns again.
 */
export interface Gate {
  readonly mode: "open" | "breaker" | "set-up";
  /** When the next probe may go (breaker, set-up), or when a slow-down ends (open). */
  readonly untilMs: number;
  readonly probing: boolean;
  /** Pauses in a row without a success. */
  readonly pauses: number;
  /** Ordering keys that failed since the last success. */
  readonly failedKeys: readonly string[];
}

export const openGate: Gate = { mode: "open", untilMs: 0, probing: false, pauses: 0, failedKeys: [] };

/** How many may be in flight now: the destination's concurrency, one probe, or none. */
export function gateAllows(gate: Gate, nowMs: number, concurrency: number): number {
  if (nowMs < gate.untilMs) return 0;
  if (gate.mode === "open") return concurrency;
  return gate.probing ? 0 : 1;
}

/** A shut gate's next item is its probe. */
export const gateSends = (gate: Gate): Gate => (gate.mode === "open" ? gate : { ...gate, probing: true });

/** The gate after a result of `orderingKey`, which is somebody's word (`source`). Pure. */
export function gateAfter(
  gate: Gate,
  { result, source }: { readonly result: SendResult; readonly source: Source },
  of: { orderingKey: string; rule: RetryRule; nowMs: number; random: number },
): Gate {
  // It was not asked: that says nothing about the line.
  if (source === "nobody") return gate.probing ? { ...gate, probing: false } : gate;
  if (source === "settling") return answered(gate);
  switch (result.kind) {
    case "delivered":
    case "rejected":
    case "foreign":
      return answered(gate);
    case "nothing":
    case "mapping-missing":
    case "cause-missing":
      // The connector came to that by itself, or by other answers that were judged then.
      return gate.probing ? { ...gate, probing: false } : gate;
    case "set-up":
      return { mode: "set-up", untilMs: of.nowMs + of.rule.probeMs, probing: false, pauses: 0, failedKeys: [] };
    case "theirs":
    case "uncertain":
      return afterFailure(gate, result, of);
  }
}

/** The receiver spoke about the item itself: the line and the set-up are fine. */
const answered = (gate: Gate): Gate => (gate.mode === "open" ? { ...gate, pauses: 0, failedKeys: [] } : openGate);

function afterFailure(
  gate: Gate,
  result: Extract<SendResult, { kind: "theirs" | "uncertain" }>,
  of: { orderingKey: string; rule: RetryRule; nowMs: number; random: number },
): Gate {
  if (gate.mode === "set-up") return gate.probing ? { ...gate, probing: false, untilMs: of.nowMs + of.rule.probeMs } : gate;
  if (gate.mode === "breaker") {
    // Results of what was in flight when it shut say nothing new.
    return gate.probing ? shut(gate, of) : gate;
  }
  const failedKeys = [...new Set([...gate.failedKeys, of.orderingKey])];
  if (failedKeys.length >= of.rule.breakerFailures) return shut(gate, of);
  const slowDownMs = result.kind === "theirs" && result.slowDown ? Math.min(result.retryAfterMs ?? SLOW_DOWN_MS, SLOW_DOWN_MAX_MS) : 0;
  return { ...gate, failedKeys, untilMs: Math.max(gate.untilMs, of.nowMs + slowDownMs) };
}

function shut(gate: Gate, of: { rule: RetryRule; nowMs: number; random: number }): Gate {
  const pauses = gate.pauses + 1;
  const ceiling = { baseMs: BREAKER_BASE_MS, capMs: of.rule.breakerCapMs };
  // Half of the wait is certain, so that a shut gate really relieves the receiver.
  const waitMs = (retryDelayMs(pauses, ceiling, 1) + retryDelayMs(pauses, ceiling, of.random)) / 2;
  return { mode: "breaker", untilMs: of.nowMs + waitMs, probing: false, pauses, failedKeys: [] };
}

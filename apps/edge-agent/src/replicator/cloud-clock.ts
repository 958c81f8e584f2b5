import { CLOCK_DRIFT_MAX_MS } from "@tillsync/sync-protocol";
import { CLOCK_SAMPLES_MAX, CLOCK_STEP_MS } from "./limits.ts";
import type { ReplicatorPorts } from "./ports.ts";

/** The cloud's time as this machine knows it. It never decides whether a sale or a batch goes through. */
export interface CloudClock {
  /** An answer told the cloud's time; the request took `tookMs`, so it is true to half of that. */
  learn(serverTimeMs: number, tookMs: number): void;
  /** The cloud's time now; this machine's own until anything was learned. */
  nowMs(): number;
  /** This machine's clock minus the cloud's: positive when this one is ahead. Null until anything was learned. */
  offsetMs(): number | null;
}

interface Sample {
  /** The cloud's time at the origin of our monotonic clock. */
  readonly originMs: number;
  readonly tookMs: number;
}

/**
 * Learned against the monotonic clock, so that setting this machine's clock, a year or a second, in the middle of a
 * drain changes what is reported and nothing else. Of the last samples those with a quick answer count, by their median.
 * A sample that no slow answer explains starts over: a clock was set at the far end, or this machine has slept.
 */
export function createCloudClock(ports: Pick<ReplicatorPorts, "wallMs" | "monotonicMs">): CloudClock {
  let samples: readonly Sample[] = [];
  let originMs: number | undefined;
  const nowMs = (): number => (originMs === undefined ? ports.wallMs() : Math.round(ports.monotonicMs() + originMs));
  return {
    learn(serverTimeMs, tookMs) {
      const sample = { originMs: serverTimeMs - (ports.monotonicMs() - tookMs / 2), tookMs };
      const stepped = originMs !== undefined && Math.abs(sample.originMs - originMs) > tookMs / 2 + CLOCK_STEP_MS;
      samples = stepped ? [sample] : [...samples.slice(1 - CLOCK_SAMPLES_MAX), sample];
      originMs = estimate(samples);
    },
    nowMs,
    offsetMs: () => (originMs === undefined ? null : ports.wallMs() - nowMs()),
  };
}

/** What `status` says of an offset: reported past a minute, and never more than reported. */
export const isClockWrong = (offsetMs: number | null): boolean => offsetMs !== null && Math.abs(offsetMs) > CLOCK_DRIFT_MAX_MS;

function estimate(samples: readonly Sample[]): number | undefined {
  const quickest = Math.min(...samples.map(({ tookMs }) => tookMs));
  const good = samples.filter(({ tookMs }) => tookMs <= 2 * quickest + 1).map((sample) => sample.originMs);
  return good.toSorted((a, b) => a - b)[Math.floor(good.length / 2)];
}

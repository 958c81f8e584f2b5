import { BATCH_BYTES_MAX, BATCH_ENTRIES_MAX, IN_FLIGHT_MAX } from "../limits.ts";
import type { SendLimits } from "../messages/hello.ts";

/** Entries of the first batch. Small enough for the slowest line, and four quick answers reach the full size. */
export const BATCH_ENTRIES_START = 100;
/** Trouble of the line never shrinks a batch below this: some 3 KB on the wire, and a bad line still moves a backlog. */
export const BATCH_ENTRIES_SLOW_MIN = 16;
/** Batches under way at first. Two hide the answer's latency on a LAN. */
export const IN_FLIGHT_START = 2;
/** A full batch answered within this may grow: at 1 s a lost answer repeats little. */
export const QUICK_ANSWER_MS = 1_000;
/** Past this the answer's latency, not the work, is what we wait for, and one more batch under way pays. */
export const LATENCY_DOMINATES_MS = 50;
/** First pause after a failure. Drawn from zero up to it, so that a shop's tills do not return as one. */
export const RETRY_BASE_MS = 500;
/** Longest pause of our own choosing: a line that is back is used within a minute. */
export const RETRY_CAP_MS = 60_000;
/** Longest pause that the far end may ask for: a wrong header must not silence a shop for a day. */
export const RETRY_AFTER_MAX_MS = 15 * 60_000;
/** How often an idle session asks for verdicts and looks whether the cloud was restored. */
export const POLL_MS = 60_000;
/** How often a blocked session looks whether a person has acted. */
export const BLOCKED_RETRY_MS = 5 * 60_000;
/** Forks in a row without one entry stored in between. Past it something is wrong that yet another epoch cannot mend. */
export const LIVES_MAX = 6;

/** How much is sent at once: grows with quick answers, halves on trouble. */
export interface Pace {
  readonly entriesMax: number;
  readonly inFlightMax: number;
  /** What the far end allows, or our own bounds before it was heard. */
  readonly limits: SendLimits;
}

export const PACE_START: Pace = {
  entriesMax: BATCH_ENTRIES_START,
  inFlightMax: IN_FLIGHT_START,
  limits: { batchEntriesMax: BATCH_ENTRIES_MAX, batchBytesMax: BATCH_BYTES_MAX, inFlightMax: IN_FLIGHT_MAX },
};

/** Takes over the far end's limits; both sides keep to the smaller. */
export const limitPace = (pace: Pace, limits: SendLimits): Pace => ({
  entriesMax: Math.min(pace.entriesMax, limits.batchEntriesMax),
  inFlightMax: Math.min(pace.inFlightMax, limits.inFlightMax),
  limits,
});

/** After a batch was stored. Only full batches teach: a single sale at noon says nothing about a backlog. */
export function growPace(pace: Pace, batch: { readonly entries: number; readonly tookMs: number }): Pace {
  if (batch.entries < pace.entriesMax || batch.tookMs > QUICK_ANSWER_MS) return pace;
  const { batchEntriesMax, inFlightMax } = pace.limits;
  if (pace.entriesMax < batchEntriesMax)
    return { ...pace, entriesMax: Math.min(pace.entriesMax + Math.ceil(pace.entriesMax / 2), batchEntriesMax) };
  if (batch.tookMs < LATENCY_DOMINATES_MS || pace.inFlightMax >= inFlightMax) return pace;
  return { ...pace, inFlightMax: pace.inFlightMax + 1 };
}

/** After a deadline or a busy far end: half of both, but no batch gets smaller than `BATCH_ENTRIES_SLOW_MIN` by it. */
export const slowPace = (pace: Pace): Pace => ({
  ...pace,
  entriesMax: Math.max(half(pace.entriesMax), Math.min(BATCH_ENTRIES_SLOW_MIN, pace.entriesMax)),
  inFlightMax: half(pace.inFlightMax),
});

/** After a batch that overtook another: fewer under way. */
export const narrowPace = (pace: Pace): Pace => ({ ...pace, inFlightMax: half(pace.inFlightMax) });

/** After a batch of `entries` was too large. */
export const shrinkPace = (pace: Pace, entries: number): Pace => ({ ...pace, entriesMax: half(Math.min(entries, pace.entriesMax)) });

/** Full jitter over a doubling window; on top of what the far end asks for, so that it is not met by all at once. */
export function retryDelayMs(failures: number, random: number, retryAfterMs = 0): number {
  const window = Math.min(RETRY_CAP_MS, RETRY_BASE_MS * 2 ** Math.min(failures, 20));
  return Math.round(Math.min(Math.max(retryAfterMs, 0), RETRY_AFTER_MAX_MS) + window * random);
}

/** `everyMs`, give or take a quarter. */
export const spreadMs = (everyMs: number, random: number): number => Math.round(everyMs * (0.75 + random / 2));

const half = (n: number): number => Math.max(1, Math.floor(n / 2));

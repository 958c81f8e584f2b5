import { z } from "zod";
import { CLOCK_DRIFT_MAX_MS } from "../limits.ts";

/**
 * Hybrid logical clock (Kulkarni et al., "Logical Physical Clocks", 2014): the wall clock where it moves on, a counter
 * where it does not. Text form: 12 hex digits of milliseconds since 1970, a dot, 4 hex digits of the counter; sorting
 * the text sorts the time.
 */
export interface Hlc {
  readonly ms: number;
  readonly counter: number;
}

export const hlcSchema = z
  .string()
  .regex(/^[0-9a-f]{12}\.[0-9a-f]{4}$/)
  .brand<"HlcText">();
export type HlcText = z.infer<typeof hlcSchema>;

const COUNTER_MAX = 0xffff;
const MS_MAX = 0xffff_ffff_ffff;

/** What a clock step found. The reading is valid in every case: a wrong clock is told, never a reason to refuse. */
export type HlcReading =
  | { readonly kind: "ok"; readonly hlc: Hlc }
  /** The wall clock stands behind what was seen before, by `byMs`. */
  | { readonly kind: "behind"; readonly hlc: Hlc; readonly byMs: number }
  /** The other side leads by more than `CLOCK_DRIFT_MAX_MS`; its time was not taken over. */
  | { readonly kind: "remoteAhead"; readonly hlc: Hlc; readonly byMs: number };

export const HLC_ZERO: Hlc = { ms: 0, counter: 0 };

/** The time of a local event: always after `last`. */
export function tick(last: Hlc, wallMs: number): HlcReading {
  const wall = clampMs(wallMs);
  if (wall > last.ms) return { kind: "ok", hlc: { ms: wall, counter: 0 } };
  const hlc = next(last);
  const byMs = last.ms - wall;
  return byMs > CLOCK_DRIFT_MAX_MS ? { kind: "behind", hlc, byMs } : { kind: "ok", hlc };
}

/** The time of having heard `remote`: after both, unless `remote` leads too far, which is reported and left out. */
export function receive(last: Hlc, remote: Hlc, wallMs: number): HlcReading {
  const wall = clampMs(wallMs);
  const lead = remote.ms - Math.max(wall, last.ms);
  if (lead > CLOCK_DRIFT_MAX_MS) return { kind: "remoteAhead", hlc: tick(last, wall).hlc, byMs: lead };
  const later = compareHlc(remote, last) > 0 ? remote : last;
  return tick(later, wall);
}

export const compareHlc = (a: Hlc, b: Hlc): number => a.ms - b.ms || a.counter - b.counter;

export const encodeHlc = (hlc: Hlc): HlcText =>
  `${hlc.ms.toString(16).padStart(12, "0")}.${hlc.counter.toString(16).padStart(4, "0")}` as HlcText;

export function decodeHlc(text: string): Hlc {
  const valid = hlcSchema.parse(text);
  return { ms: Number.parseInt(valid.slice(0, 12), 16), counter: Number.parseInt(valid.slice(13), 16) };
}

/** A full counter borrows a millisecond: the order stays, and the wall clock catches up. At the end of time (year 10889) it stands. */
const next = (last: Hlc): Hlc => {
  if (last.counter < COUNTER_MAX) return { ms: last.ms, counter: last.counter + 1 };
  return last.ms < MS_MAX ? { ms: last.ms + 1, counter: 0 } : last;
};
const clampMs = (ms: number): number => Math.min(Math.max(Math.trunc(ms), 0), MS_MAX);

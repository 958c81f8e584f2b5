import type { BackgroundPorts } from "../subscribers/ports.ts";

/** A moment by both clocks of this process: one that may be set, and one that nobody sets but that may sleep with the machine. */
export interface Deadline {
  readonly atMs: number;
  readonly atSteadyMs: number | undefined;
}

/** The time of a send is over, and its connector has not come back: this much later it is given up. */
export const GRACE_MS = 2_000;

type Clocks = Pick<BackgroundPorts, "nowMs" | "steadyMs">;

export const deadlineIn = (clocks: Clocks, ms: number): Deadline => ({
  atMs: clocks.nowMs() + ms,
  atSteadyMs: clocks.steadyMs === undefined ? undefined : clocks.steadyMs() + ms,
});

/** Milliseconds that are certainly left: by the clock that says fewer. Below zero when it is past. */
export const timeLeft = (clocks: Clocks, { atMs, atSteadyMs }: Deadline): number =>
  Math.min(
    atMs - clocks.nowMs(),
    atSteadyMs === undefined || clocks.steadyMs === undefined ? Number.POSITIVE_INFINITY : atSteadyMs - clocks.steadyMs(),
  );

/** Whether it is past by so much by both clocks: what is given up then has not only met a clock that was set. */
export const isPast = (clocks: Clocks, { atMs, atSteadyMs }: Deadline, byMs: number): boolean =>
  clocks.nowMs() - atMs > byMs && (atSteadyMs === undefined || clocks.steadyMs === undefined || clocks.steadyMs() - atSteadyMs > byMs);

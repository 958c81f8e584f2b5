/** Time that is missing from between two looks and that no busy machine explains. */
export const SLEPT_MS_MIN = 5_000;

/** Three clocks at one moment, in ms. */
export interface Moment {
  /** Goes on while the process runs; on some systems it stands still while the machine sleeps. */
  readonly monotonicMs: number;
  /** Since the machine was started, sleep included. */
  readonly bootMs: number;
  /** May be set. */
  readonly wallMs: number;
}

/**
 * What happened between two looks that were to be `everyMs` apart. `slept`: the machine slept or this process was stopped,
 * for so long. `clock-set`: only the wall clock moved, ahead or back. Undefined: nothing.
 */
export function noticeSleep(
  before: Moment,
  after: Moment,
  everyMs: number,
): { readonly kind: "slept"; readonly ms: number } | { readonly kind: "clock-set" } | undefined {
  const monotonicMs = after.monotonicMs - before.monotonicMs;
  const passedMs = Math.max(monotonicMs, after.bootMs - before.bootMs);
  if (passedMs - Math.min(monotonicMs, everyMs) >= SLEPT_MS_MIN) return { kind: "slept", ms: Math.round(passedMs) };
  return Math.abs(after.wallMs - before.wallMs - passedMs) >= SLEPT_MS_MIN ? { kind: "clock-set" } : undefined;
}

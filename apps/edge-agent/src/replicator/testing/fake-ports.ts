import type { ReplicatorPorts } from "../ports.ts";

interface Pending {
  readonly atMs: number;
  readonly work: () => void;
}

/** Time by hand: the wall clock and the steady one apart, timers that fire when they are told to, chance from a seed. */
export class FakePorts implements ReplicatorPorts {
  monotonic = 1_000;
  /** What this machine's clock shows beyond the true time. */
  wallErrorMs = 0;
  private readonly trueOriginMs = Date.UTC(2026, 2, 2, 9);
  private readonly timers = new Set<Pending>();
  private seed: number;

  constructor(seed = 1) {
    this.seed = seed;
  }

  readonly trueMs = (): number => this.trueOriginMs + this.monotonic;
  readonly wallMs = (): number => this.trueMs() + this.wallErrorMs;
  readonly monotonicMs = (): number => this.monotonic;
  readonly random = (): number => {
    this.seed = (this.seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return this.seed / 2_147_483_648;
  };
  readonly setTimer = (delayMs: number, work: () => void) => {
    const timer: Pending = { atMs: this.monotonic + delayMs, work };
    this.timers.add(timer);
    return { cancel: () => void this.timers.delete(timer) };
  };

  get timerCount(): number {
    return this.timers.size;
  }

  /** Goes on to the next timer and fires it; false when there is none within `withinMs`. */
  fireNext(withinMs = Number.POSITIVE_INFINITY): boolean {
    const [next] = [...this.timers].toSorted((a, b) => a.atMs - b.atMs);
    if (next === undefined || next.atMs - this.monotonic > withinMs) return false;
    this.timers.delete(next);
    this.monotonic = Math.max(this.monotonic, next.atMs);
    next.work();
    return true;
  }
}

/** A timer that was started. Cancelling one that has fired does nothing. */
export interface Timer {
  cancel(): void;
}

/** Time and chance, as the replicator sees them. Tests bring their own. */
export interface ReplicatorPorts {
  /** The machine's clock, in ms since 1970. It may be wrong by years and may jump; nothing waits by it. */
  readonly wallMs: () => number;
  /** Goes forward steadily, from an unknown origin; all waiting and measuring is by it. */
  readonly monotonicMs: () => number;
  /** In [0, 1). */
  readonly random: () => number;
  /** Does not keep the process alive. */
  readonly setTimer: (delayMs: number, work: () => void) => Timer;
}

export const systemPorts = (): ReplicatorPorts => ({
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  random: () => Math.random(),
  setTimer: (delayMs, work) => {
    const timer = setTimeout(work, delayMs);
    timer.unref();
    return { cancel: () => clearTimeout(timer) };
  },
});

import { setTimeout as delay } from "node:timers/promises";

/** Time and chance of the background work, given so that tests decide both. */
export interface BackgroundPorts {
  /** Milliseconds since 1970. */
  nowMs(): number;
  /** Milliseconds since some moment, by a clock that nobody sets. What must not last too long asks both clocks. */
  steadyMs?(): number;
  /** From 0 up to, not including, 1. */
  random(): number;
  /** Ends after `ms`, or at once when `signal` aborts; never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemPorts: BackgroundPorts = {
  nowMs: () => Date.now(),
  steadyMs: () => performance.now(),
  random: () => Math.random(),
  sleep: async (ms, signal) => {
    await delay(ms, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
  },
};

/** What background work tells its operator. `detail` holds no secret and no personal data. */
export interface BackgroundLog {
  info(detail: object, message: string): void;
  warn(detail: object, message: string): void;
  error(detail: object, message: string): void;
}

import type { ReplicatorPorts } from "../../replicator/ports.ts";
import { BLOCKED_RETRY_MS, RETRY_AFTER_MAX_MS, RETRY_FIRST_MS, RETRY_MAX_MS } from "../limits.ts";
import { ERROR_CODES, type ErrorCode } from "@tillsync/sync-protocol";

/** Something to wait for that may have happened before. */
export interface Bell {
  ring(): void;
  /** Ends when it rang since the last wait, after `ms`, or when `signal` aborts. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

export function createBell(ports: Pick<ReplicatorPorts, "setTimer">): Bell {
  let rang = false;
  let wake: (() => void) | undefined;
  return {
    ring: () => {
      rang = true;
      wake?.();
    },
    wait: async (ms, signal) => {
      if (!rang && !signal.aborted) {
        await new Promise<void>((resolve) => {
          const timer = ports.setTimer(ms, resolve);
          wake = () => {
            timer.cancel();
            resolve();
          };
          signal.addEventListener("abort", wake, { once: true });
        });
        if (wake !== undefined) signal.removeEventListener("abort", wake);
        wake = undefined;
      }
      rang = false;
    },
  };
}

/**
 * How long to wait after so many failures in a row: doubled each time, up to a minute; half of it by chance. The cloud's own wish
 * counts where it is longer, and what needs a person is not asked for every minute.
 */
export function retryMs(failures: number, code: ErrorCode, retryAfterMs: number | undefined, random: () => number): number {
  const most = ERROR_CODES[code].retry === "automatic" ? RETRY_MAX_MS : BLOCKED_RETRY_MS;
  const full = ERROR_CODES[code].retry === "automatic" ? Math.min(most, RETRY_FIRST_MS * 2 ** Math.min(failures - 1, 20)) : most;
  return Math.max(full / 2 + (full / 2) * random(), Math.min(retryAfterMs ?? 0, RETRY_AFTER_MAX_MS));
}

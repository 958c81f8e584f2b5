import type { AgentPort } from "@tillsync/edge-agent/window-api";

export interface LiveTimer {
  cancel(): void;
}

/** What the live picture needs of the world around it. */
export interface LivePorts {
  readonly agent: AgentPort;
  readonly setTimer: (ms: number, run: () => void) => LiveTimer;
  /** From 0 up to 1. */
  readonly random: () => number;
}

/** The page's own timers and randomness. */
export const pagePorts = (agent: AgentPort): LivePorts => ({
  agent,
  setTimer: (ms, run) => {
    const timer = setTimeout(run, ms);
    return { cancel: () => clearTimeout(timer) };
  },
  random: () => Math.random(),
});

/** Resolves after `ms`, or at once when `signal` aborts. */
export function pause({ setTimer }: Pick<LivePorts, "setTimer">, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = (): void => {
      timer.cancel();
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimer(ms, end);
    signal.addEventListener("abort", end, { once: true });
  });
}

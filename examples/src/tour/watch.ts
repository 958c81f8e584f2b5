import { setTimeout as sleep } from "node:timers/promises";
import type { Agent } from "./agent.ts";
import type { Cloud } from "./cloud.ts";
import { compare } from "./compare.ts";
import type { Receiver } from "./receivers.ts";
import { HISTORY_MAX, type TourView } from "./view.ts";

export interface Watched {
  readonly agents: readonly Agent[];
  readonly cloud: Cloud;
  readonly receivers: readonly Receiver[];
}

/** Between two rounds of asking; each round starts a short command for every program. */
const ROUND_PAUSE_MS = 400;
/** When the tour is over and only stays up, it leaves the machine in peace. */
const IDLE_PAUSE_MS = 10_000;

/**
 * Asks everyone for their figures, over and over, until `signal` says stop. A program that does not answer now is asked
 * again in the next round: its last figures stand.
 */
export async function watch(view: TourView, { agents, cloud, receivers }: Watched, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await Promise.all([
      ...agents.map((agent, index) =>
        keep(agent.status(), (status) => {
          const till = view.tills[index];
          if (till !== undefined) till.agent = status;
        }),
      ),
      keep(cloud.status(), (status) => {
        view.cloud = status;
      }),
      ...receivers.map((receiver, index) =>
        keep(receiver.summary(), (summary) => {
          view.receivers[index] = summary;
        }),
      ),
    ]);
    const waiting = view.tills.reduce((sum, till) => sum + (till.agent?.waiting ?? 0), 0);
    view.history.push({ at: Date.now(), waiting, cut: view.line.cut });
    if (view.history.length > HISTORY_MAX) view.history.shift();
    view.table = compare(view);
    await sleep(view.phase === "done" || view.phase === "failed" ? IDLE_PAUSE_MS : ROUND_PAUSE_MS, undefined, { signal }).catch(() => {});
  }
}

async function keep<T>(asked: Promise<T>, store: (value: T) => void): Promise<void> {
  const value = await asked.catch(() => undefined);
  if (value !== undefined) store(value);
}

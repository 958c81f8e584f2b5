import { setTimeout as sleep } from "node:timers/promises";
import type { Agent } from "./agent.ts";
import type { Cloud } from "./cloud.ts";
import { compare } from "./compare.ts";
import type { Receiver } from "./receivers.ts";
import { HISTORY_MAX, type ReceiverView, type TourView } from "./view.ts";

export interface Watched {
  readonly agents: readonly Agent[];
  readonly cloud: Cloud;
  readonly receivers: readonly Receiver[];
}

/** Between two questions to the same program, at least. A slow machine gets longer pauses: each question is a command. */
const PAUSE_MS = 400;
/** When the tour is over and only stays up, it leaves the machine in peace. */
const IDLE_PAUSE_MS = 10_000;
/** How often the comparison and the chart take up what was heard. */
const TICK_MS = 250;

/**
 * Asks everyone for their figures, over and over and each at its own pace, until `signal` says stop. A program that does
 * not answer is asked again: its last figures stand.
 */
export async function watch(view: TourView, { agents, cloud, receivers }: Watched, signal: AbortSignal): Promise<void> {
  const isOver = (): boolean => view.phase === "done" || view.phase === "failed";
  const rest = (ms: number): Promise<unknown> => sleep(isOver() ? IDLE_PAUSE_MS : ms, undefined, { signal }).catch(() => {});
  const follow = async <T>(ask: () => Promise<T>, take: (answer: T) => void): Promise<void> => {
    while (!signal.aborted) {
      const asked = performance.now();
      await ask().then(take, () => {});
      await rest(Math.max(PAUSE_MS, (performance.now() - asked) / 2));
    }
  };
  const tick = async (): Promise<void> => {
    while (!signal.aborted) {
      takeUp(view, Date.now());
      await rest(TICK_MS);
    }
  };
  await Promise.all([
    tick(),
    follow(
      () => cloud.status(),
      (status) => (view.cloud = status),
    ),
    ...agents.map((agent, at) =>
      follow(
        () => agent.status(),
        (status) => (view.tills[at]!.agent = status),
      ),
    ),
    ...receivers.map((receiver) =>
      follow(
        () => receiver.summary(),
        (summary) => (view.receivers = receivers.flatMap(({ kind }) => (kind === summary.kind ? summary : knownOf(view, kind)))),
      ),
    ),
  ]);
}

/** What a receiver said last; nothing before its first answer. */
const knownOf = (view: TourView, kind: string): ReceiverView[] => view.receivers.filter((receiver) => receiver.kind === kind);

function takeUp(view: TourView, at: number): void {
  const waiting = view.tills.reduce((sum, till) => sum + (till.agent?.waiting ?? 0), 0);
  view.history.push({ at, waiting, cut: view.line.cut });
  if (view.history.length > HISTORY_MAX) view.history.shift();
  view.table = compare(view);
}

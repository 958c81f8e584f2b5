import { askAgent } from "../../../apps/edge-agent/src/control/ask-agent.ts";

/** As the open window asks on its first screen. */
const SNAPSHOT_EVERY_MS = 1_000;
const DAY_EVERY_MS = 5_000;
/** As the tray asks. */
const TRAY_EVERY_MS = 2_000;

export interface Asked {
  readonly slowestMs: number;
  /** Questions without an answer within the time that a window waits. */
  readonly unanswered: number;
}

/** Asks what a tray and an open window ask, as often as they do, until it is told to stop. Then it tells how that went. */
export function askAsWindow(folder: string): () => Promise<Asked> {
  let slowestMs = 0;
  let unanswered = 0;
  const under: Promise<void>[] = [];
  const ask = (method: "snapshot" | "day") => async (): Promise<void> => {
    const asked = performance.now();
    if ((await askAgent(folder, method, {}).catch(() => undefined)) === undefined) unanswered += 1;
    slowestMs = Math.max(slowestMs, performance.now() - asked);
  };
  const every = (ms: number, question: () => Promise<void>): NodeJS.Timeout => setInterval(() => under.push(question()), ms);
  const timers = [every(SNAPSHOT_EVERY_MS, ask("snapshot")), every(TRAY_EVERY_MS, ask("snapshot")), every(DAY_EVERY_MS, ask("day"))];
  return async () => {
    for (const timer of timers) clearInterval(timer);
    await Promise.all(under);
    return { slowestMs, unanswered };
  };
}

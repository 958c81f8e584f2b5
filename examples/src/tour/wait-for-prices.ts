import { setTimeout as sleep } from "node:timers/promises";
import type { AgentView, PricesView, TillView, TourView } from "./view.ts";

/** How long the tills may take to have the list, and later the change. */
const PATIENCE_MS = 90_000;
const LOOK_AGAIN_MS = 100;

/** The till has the whole list and, in the cloud's count of changes, is where the list ends: each price is one change. */
export const hasList = ({ prices }: AgentView, { listed }: PricesView): boolean =>
  prices.loaded && prices.count === listed && prices.position >= listed;

/** The till has a change that came after the list. */
export const hasChange = (agent: AgentView, prices: PricesView): boolean => hasList(agent, prices) && agent.prices.position > prices.listed;

/** Waits until each till has the whole list. Throws when one does not have it in time, or when `signal` ends the tour. */
export const waitForPriceList = (view: TourView, signal: AbortSignal): Promise<void> =>
  waitForTills(view, hasList, { what: "the price list", signal, onReady: () => {} });

/**
 * Waits until each till has the change, and says how long after the line came back this was seen, and how many records
 * waited there at that moment: both are from one answer of the till, so the price came no later and was there before them.
 */
export const waitForChange = (
  view: TourView,
  { restoredAt, say, signal }: { restoredAt: number; say: (text: string) => void; signal: AbortSignal },
): Promise<void> =>
  waitForTills(view, hasChange, {
    what: "the new price",
    signal,
    onReady: ({ name }, agent) => say(arrivalOf(name, (agent.heardAt - restoredAt) / 1_000, agent.waiting)),
  });

export const arrivalOf = (till: string, seconds: number, waiting: number): string =>
  `${till} has the new price, seen ${seconds.toFixed(1)} s after the line came back${waiting === 0 ? "" : `; ${waiting} of its records still wait to go up`}`;

interface Waiting {
  readonly what: string;
  readonly signal: AbortSignal;
  readonly onReady: (till: TillView, agent: AgentView) => void;
}

async function waitForTills(
  view: TourView,
  isReady: (agent: AgentView, prices: PricesView) => boolean,
  { what, signal, onReady }: Waiting,
): Promise<void> {
  const until = performance.now() + PATIENCE_MS;
  const waiting = new Set(view.tills);
  for (;;) {
    for (const till of waiting) {
      if (till.agent === undefined || view.prices === undefined || !isReady(till.agent, view.prices)) continue;
      waiting.delete(till);
      onReady(till, till.agent);
    }
    if (waiting.size === 0) return;
    if (performance.now() > until) throw new Error(`${what} is not at every till after ${PATIENCE_MS / 1_000} s`);
    await sleep(LOOK_AGAIN_MS, undefined, { signal });
  }
}

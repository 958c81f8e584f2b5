import type { BridgeAnswer, DayAnswer, Snapshot } from "@tillsync/edge-agent/window-api";
import type { Page } from "playwright-core";
import { makeDay } from "./make-day.ts";
import { makeSnapshot } from "./make-shop.ts";

declare global {
  // oxlint-disable-next-line no-var -- how a global is declared
  var asked: number;
  // oxlint-disable-next-line no-var -- how a global is declared
  var kept: unknown[];
}

interface PageAgentOptions {
  /** Sales that come in every minute of the page's clock. */
  readonly salesAMinute: number;
  /** What the page keeps of each answer for ever, as a leak would; for the check of the check. */
  readonly leakBytes?: number;
}

/**
 * Gives a page, before it loads, a bridge with a shop behind it whose figures change with every question: as Electron's
 * bridge, and without a network, so that simulated hours cost nothing but the window's own work.
 */
export async function putAgentIntoPage(page: Page, { salesAMinute, leakBytes = 0 }: PageAgentOptions): Promise<void> {
  const script = ([snapshot, day, salesAMinute, leakBytes]: [Snapshot, DayAnswer, number, number]): void => {
    globalThis.asked = 0;
    globalThis.kept = [];
    const startMs = Date.now();
    const answers: Record<string, () => unknown> = {
      snapshot: () => {
        const sales = Math.floor(((Date.now() - startMs) * salesAMinute) / 60_000);
        const atMs = Date.now();
        const entries = sales % 40;
        return {
          ...snapshot,
          atMs,
          line: { ...snapshot.line, state: entries === 0 ? "online" : "sending", sinceMs: atMs - (sales % 7_000) },
          pending: { entries, oldestAtMs: entries === 0 ? null : atMs - 900 },
          sources: snapshot.sources.map((source) => ({ ...source, lastReadAtMs: atMs - (sales % 5_000), files: sales })),
        };
      },
      day: () => {
        const sales = Math.floor(((Date.now() - startMs) * salesAMinute) / 60_000);
        const tills = day.tills.map((till, at) => ({ ...till, sales: sales + at, gross: String(2_275 * sales + at) }));
        return { ...day, tills };
      },
    };
    const ask = (method: string): Promise<BridgeAnswer> => {
      globalThis.asked += 1;
      if (leakBytes > 0) globalThis.kept.push(Array.from({ length: leakBytes / 8 }, (_, at) => at + 0.5));
      const answer = answers[method];
      return Promise.resolve(answer === undefined ? { error: { code: "wire.not-found" } } : { result: answer() });
    };
    Object.defineProperty(globalThis, "tillsync", { value: { ask } });
  };
  await page.addInitScript(script, [makeSnapshot(), makeDay(), salesAMinute, leakBytes] as [Snapshot, DayAnswer, number, number]);
}

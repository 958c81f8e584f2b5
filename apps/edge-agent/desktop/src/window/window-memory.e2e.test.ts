/// <reference lib="dom" />
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { builtWindow } from "../testing/built-window.ts";
import { settled } from "../testing/go-to-place.ts";
import { NOW_MS } from "../testing/make-shop.ts";
import { CHROMIUM, hasChromium, openBrowser, openPage } from "../testing/open-browser.ts";
import { putAgentIntoPage } from "../testing/put-agent-into-page.ts";
import { serveWindow, type ServedWindow } from "../testing/serve-window.ts";

const HOUR_MS = 3_600_000;
/** What is loaded late, and caches that fill, have come by then. */
const WARM_HOURS = 2;
/** Compiled code and what V8 keeps beside it; 100 bytes that stay of every question would be three times as much. */
const GROWTH_BYTES_MAX = 512 * 1_024;

interface Weight {
  readonly heap: number;
  readonly nodes: number;
  readonly listeners: number;
}

describe.skipIf(!hasChromium)(`a day of the window${hasChromium ? "" : ` (skipped: no ${CHROMIUM})`}`, () => {
  let browser: Browser;
  let served: ServedWindow;
  beforeAll(async () => {
    served = await serveWindow(await builtWindow(), {});
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await served?.[Symbol.asyncDispose]();
  });

  /** Opens the window behind others, as it is most of a day, and lets the clock run. */
  async function live(hours: readonly number[], leakBytes = 0): Promise<{ weights: Weight[]; asked: number }> {
    await using opened = await openPage(browser, { choices: { language: "en" } });
    const { page } = opened;
    await page.addInitScript(() => Object.defineProperty(document, "visibilityState", { value: "hidden" }));
    await page.clock.install({ time: NOW_MS });
    await putAgentIntoPage(page, { salesAMinute: 1_000, leakBytes });
    await page.goto(served.url);
    await settled(page, "home");
    const weights: Weight[] = [];
    let passed = 0;
    for (const hour of hours) {
      for (; passed < hour; passed += 1) await page.clock.runFor(HOUR_MS);
      weights.push(await weigh(page));
    }
    expect(opened.faults).toEqual([]);
    return { weights, asked: await page.evaluate(() => globalThis.asked) };
  }

  test("24 hours of changing figures leave it as heavy as two", { timeout: 300_000 }, async () => {
    const { weights, asked } = await live([WARM_HOURS, 24]);
    const [early, late] = weights;
    expect(asked).toBeGreaterThanOrEqual((24 * HOUR_MS) / 5_000);
    expect(late!.heap - early!.heap).toBeLessThan(GROWTH_BYTES_MAX);
    expect(late!.nodes).toBeLessThanOrEqual(early!.nodes + 20);
    expect(late!.listeners).toBeLessThanOrEqual(early!.listeners + 2);
  });

  test("what stays of every question would be seen within an hour", async () => {
    const { weights } = await live([1, 2], 2_000);
    expect(weights[1]!.heap - weights[0]!.heap).toBeGreaterThan(GROWTH_BYTES_MAX);
  });
});

async function weigh(page: Page): Promise<Weight> {
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable");
  await session.send("HeapProfiler.collectGarbage");
  await session.send("HeapProfiler.collectGarbage");
  const { metrics } = await session.send("Performance.getMetrics");
  const of = (name: string): number => metrics.find((metric) => metric.name === name)?.value ?? Number.NaN;
  await session.detach();
  return { heap: of("JSHeapUsedSize"), nodes: of("Nodes"), listeners: of("JSEventListeners") };
}

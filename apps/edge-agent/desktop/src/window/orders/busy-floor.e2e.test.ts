/// <reference lib="dom" />
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { builtWindow } from "../../testing/built-window.ts";
import { NOW_MS, SNAPSHOTS } from "../../testing/make-shop.ts";
import { CHROMIUM, hasChromium, openBrowser, openPage } from "../../testing/open-browser.ts";
import { scriptShop } from "../../testing/script-shop.ts";
import { serveWindow } from "../../testing/serve-window.ts";
import { anOrder } from "../live/testing/an-order.ts";
import { FakeAgent } from "../live/testing/fake-agent.ts";
import { scriptFloor } from "../live/testing/script-floor.ts";

const ORDERS = 500;
const FRAME_MS = 16;
/** Less than a tenth of what one lost reference for each change would cost. */
const HEAP_GROWS_MAX = 1_000_000;
const STATUSES = ["confirmed", "inProduction", "picked"] as const;

describe.skipIf(!hasChromium)(`a busy shop floor in the window${hasChromium ? "" : ` (skipped: no ${CHROMIUM})`}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser?.close());

  test("100 changes a second leave the page its frames, and 10,000 changes leave nothing behind", async () => {
    const floor = new FakeAgent(Math.random);
    let changes = 0;
    const changeOne = (): void => {
      const id = `o${changes % ORDERS}`;
      // One in ten goes, and another one takes its place.
      if (changes % 10 === 0) floor.remove("orders", id);
      floor.put("orders", id, anOrder(id, { status: STATUSES[changes % 3], total: `${1_000 + changes}`, promisedAt: "2026-11-21T16:00" }));
      changes += 1;
    };
    for (let i = 0; i < ORDERS; i += 1) changeOne();
    await using served = await serveWindow(await builtWindow(), {
      ...scriptShop(SNAPSHOTS.safe),
      ...scriptFloor((value) => value, floor),
    });
    await using opened = await openPage(browser, { nowMs: NOW_MS, viewport: { width: 1280, height: 900 }, choices: { language: "en" } });
    const { page } = opened;
    await page.goto(`${served.url}#/orders`);
    await page.getByText(`${ORDERS} orders`).waitFor();

    const timer = setInterval(changeOne, 10);
    const tasks = await tasksOf(browser, page, 4_000);
    clearInterval(timer);
    expect(tasks.length, "the page was at work").toBeGreaterThan(50);
    const most = tasks[Math.floor(tasks.length * 0.99)] ?? 0;
    expect(most, `the longest of ${tasks.length} tasks: ${tasks.at(-1)} ms`).toBeLessThan(FRAME_MS);

    /** Every order changes, and the page has fetched each change before the next. */
    const heapAfter = async (rounds: number): Promise<number> => {
      for (let round = 0; round < rounds; round += 1) {
        for (let i = 0; i < ORDERS; i += 1) changeOne();
        await vi.waitFor(() => expect(floor.fetched("orders")).toBe(ORDERS), { timeout: 10_000, interval: 10 });
      }
      return heapOf(page);
    };
    const warm = await heapAfter(4);
    const later = await heapAfter(20);
    expect(later - warm, `${warm} bytes, then ${later}`).toBeLessThan(HEAP_GROWS_MAX);
    // The page has kept up: the last change is what it shows.
    await page.getByLabel("Pick-up code or order number").fill(`co${(changes - 1) % ORDERS}`);
    await page.keyboard.press("Enter");
    await page.getByText(`€${((1_000 + changes - 1) / 100).toFixed(2)}`).waitFor();
    expect(opened.faults).toEqual([]);
  });
});

/** How long each task of the page's main thread computed, in ms, the shortest first: the time that other programs took is not in it. */
async function tasksOf(browser: Browser, page: Page, forMs: number): Promise<number[]> {
  await browser.startTracing(page, { categories: ["toplevel", "disabled-by-default-devtools.timeline", "devtools.timeline"] });
  await page.waitForTimeout(forMs);
  const trace = JSON.parse((await browser.stopTracing()).toString()) as {
    traceEvents: { name: string; ph: string; tid: number; pid: number; tdur?: number; args: { name?: string } }[];
  };
  const main = new Set(
    trace.traceEvents.filter(({ name, args }) => name === "thread_name" && args.name === "CrRendererMain").map(threadOf),
  );
  const tasks = trace.traceEvents.filter((event) => event.name === "RunTask" && event.tdur !== undefined && main.has(threadOf(event)));
  // A browser keeps a renderer in reserve, which rests.
  const [busiest = []] = [...Map.groupBy(tasks, threadOf).values()].toSorted((a, b) => b.length - a.length);
  return busiest.map(({ tdur = 0 }) => tdur / 1_000).toSorted((a, b) => a - b);
}

const threadOf = ({ pid, tid }: { readonly pid: number; readonly tid: number }): string => `${pid}/${tid}`;

async function heapOf(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  for (let i = 0; i < 3; i += 1) await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  await session.detach();
  return usedSize;
}

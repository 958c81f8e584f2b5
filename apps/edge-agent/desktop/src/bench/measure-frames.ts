/*
 * What the window's own work costs a frame while 1,000 sales a minute come in, measured in a real browser: the main thread's
 * tasks from a trace, summed by frames of 60 Hz. Processor time, and wall time beside it, which other programs lengthen.
 * Run with `node --conditions=tillsync-source`; prints one JSON document.
 */
import type { Browser, CDPSession } from "playwright-core";
import { z } from "zod";
import { builtWindow } from "../testing/built-window.ts";
import { settled } from "../testing/go-to-place.ts";
import { openBrowser, openPage } from "../testing/open-browser.ts";
import { putAgentIntoPage } from "../testing/put-agent-into-page.ts";
import { serveWindow } from "../testing/serve-window.ts";

const SALES_A_MINUTE = 1_000;
const SECONDS = 30;
const FRAME_US = 1_000_000 / 60;

const eventSchema = z.looseObject({
  name: z.string(),
  ph: z.string(),
  pid: z.number(),
  tid: z.number(),
  ts: z.number(),
  dur: z.number().optional(),
  tdur: z.number().optional(),
  args: z.looseObject({ name: z.string().optional() }).optional(),
});
type TraceEvent = z.infer<typeof eventSchema>;

/** Everything that the trace tells of the time between start and end. */
async function trace(session: CDPSession, seconds: number): Promise<TraceEvent[]> {
  const events: TraceEvent[] = [];
  session.on("Tracing.dataCollected", ({ value }) => events.push(...z.array(eventSchema).parse(value)));
  const complete = new Promise((resolve) => session.once("Tracing.tracingComplete", resolve));
  await session.send("Tracing.start", { transferMode: "ReportEvents", traceConfig: { includedCategories: ["toplevel", "__metadata"] } });
  await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
  await session.send("Tracing.end");
  await complete;
  return events;
}

/** The tasks of the renderer's main thread that did the most: that is this page's. */
function mainThreadTasks(events: readonly TraceEvent[]): TraceEvent[] {
  const mains = events.filter(({ name, args }) => name === "thread_name" && args?.name === "CrRendererMain");
  const tasks = mains.map(({ pid, tid }) =>
    events.filter((event) => event.ph === "X" && event.pid === pid && event.tid === tid && event.name.endsWith("RunTask")),
  );
  const work = (some: readonly TraceEvent[]): number => some.reduce((sum, { tdur }) => sum + (tdur ?? 0), 0);
  return tasks.toSorted((a, b) => work(b) - work(a))[0] ?? [];
}

/** Work of each frame in ms, also of those that had none. */
function sumByFrame(tasks: readonly TraceEvent[], seconds: number, length: (event: TraceEvent) => number): number[] {
  const startUs = Math.min(...tasks.map(({ ts }) => ts));
  const frames = Array.from({ length: seconds * 60 }, () => 0);
  for (const task of tasks) {
    const frame = Math.floor((task.ts - startUs) / FRAME_US);
    if (frame < frames.length) frames[frame] = (frames[frame] ?? 0) + length(task) / 1_000;
  }
  return frames;
}

function summarize(frames: readonly number[]): Record<string, number> {
  const sorted = frames.toSorted((a, b) => a - b);
  const at = (share: number): number => Number((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(2));
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1), over16: frames.filter((ms) => ms > 16).length };
}

async function measure(browser: Browser): Promise<object> {
  await using served = await serveWindow(await builtWindow(), {});
  await using opened = await openPage(browser, { viewport: { width: 1024, height: 720 }, choices: { language: "en" } });
  await putAgentIntoPage(opened.page, { salesAMinute: SALES_A_MINUTE });
  await opened.page.goto(served.url);
  await settled(opened.page, "home");
  const tasks = mainThreadTasks(await trace(await browser.newBrowserCDPSession(), SECONDS));
  const asked = await opened.page.evaluate(() => globalThis.asked);
  if (tasks.length === 0 || asked < SECONDS) throw new Error(`nothing was measured: ${tasks.length} tasks, ${asked} questions`);
  return {
    salesAMinute: SALES_A_MINUTE,
    seconds: SECONDS,
    questions: asked,
    tasks: tasks.length,
    frameMs: {
      processor: summarize(sumByFrame(tasks, SECONDS, ({ tdur }) => tdur ?? 0)),
      wall: summarize(sumByFrame(tasks, SECONDS, ({ dur }) => dur ?? 0)),
    },
  };
}

const browser = await openBrowser();
try {
  process.stdout.write(`${JSON.stringify(await measure(browser), null, 2)}\n`);
} finally {
  await browser.close();
}

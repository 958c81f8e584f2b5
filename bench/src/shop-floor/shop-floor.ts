import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { setTimeout as sleep } from "node:timers/promises";
import { askAgent } from "../../../apps/edge-agent/src/control/ask-agent.ts";
import type { Benchmark } from "../benchmark.ts";
import { until } from "../measure/time-limit.ts";
import { startProcess, type BenchProcess } from "../processes/child.ts";
import { familyCpuMsOf } from "../processes/proc.ts";
import { makeScratch, removeScratch } from "../processes/scratch.ts";
import { addWatchedFolder, startAgent, untilOnline } from "../servers/idle-agent.ts";
import type { Terminal } from "../servers/terminal.ts";
import { withEnrolledTerminal } from "../servers/with-enrolled-terminal.ts";
import { askAsWindow, type Asked } from "./ask-as-window.ts";
import { bundleFloor } from "../idle/start-floor.ts";
import { ringUp } from "./ring-up.ts";

/** What the busiest stores with one agent for all tills may bring. */
const SALES_A_MINUTE = 1_000;
const MINUTE_MS = 60_000;
const RUN_MS_QUICK = 6_000;
const CPU_PERCENT_MAX = 10;
/** The last sale is at the cloud within this, or the run counts for nothing. */
const ARRIVAL_MS = 30_000;
const SETTLE_MS = 3_000;

export const shopFloor: Benchmark = {
  name: "shop-floor",
  about: "processor of the bundled agent while 1,000 sales a minute come in, go to the cloud, and tray and window ask",
  run: ({ quick }) =>
    withEnrolledTerminal(async (terminal) => {
      addWatchedFolder(terminal);
      const scratch = await makeScratch("shop-floor");
      const till = join(terminal.folder, "..", "pos");
      mkdirSync(till, { recursive: true });
      const agent = await startAgent(terminal);
      const floor = await startKeeper(till, scratch);
      try {
        await untilOnline(terminal);
        await sleep(SETTLE_MS);
        const receipts = Math.round(((quick ? RUN_MS_QUICK : MINUTE_MS) / MINUTE_MS) * SALES_A_MINUTE);
        const found = await watchOneRun(terminal, till, receipts, agent.process, floor);
        return {
          name: "shop-floor",
          ours: found.cpuPercent,
          unit: "% of a core",
          floor: found.floorPercent,
          ratio: found.floorPercent / found.cpuPercent,
          peers: {},
          target: `CPU < ${CPU_PERCENT_MAX} % of a core at ${SALES_A_MINUTE} sales a minute`,
          met: found.cpuPercent < CPU_PERCENT_MAX,
          rounds: 1,
          extra: { receipts, slowestAnswerMs: found.asked.slowestMs, unanswered: found.asked.unanswered },
          notes: [
            "processor time of the agent and of what it starts, until the cloud had acknowledged the last sale",
            "the floor reads the same files at the same time and keeps their bytes, each fsynced",
          ],
        };
      } finally {
        await agent.process.stop();
        await floor.stop();
        await removeScratch(scratch);
      }
    }),
};

interface Found {
  readonly cpuPercent: number;
  readonly floorPercent: number;
  readonly asked: Asked;
}

async function watchOneRun(terminal: Terminal, till: string, receipts: number, agent: BenchProcess, floor: BenchProcess): Promise<Found> {
  const before = [await cpuOf(agent), await cpuOf(floor)] as const;
  const started = performance.now();
  const stopAsking = askAsWindow(terminal.folder);
  const written = await ringUp(till, receipts, MINUTE_MS / SALES_A_MINUTE);
  await untilArrived(terminal, written);
  const elapsed = performance.now() - started;
  const asked = await stopAsking();
  return {
    cpuPercent: (((await cpuOf(agent)) - before[0]) / elapsed) * 100,
    floorPercent: (((await cpuOf(floor)) - before[1]) / elapsed) * 100,
    asked,
  };
}

const cpuOf = async ({ pid }: BenchProcess): Promise<number> => (await familyCpuMsOf(pid)) ?? Number.NaN;

const untilArrived = ({ folder }: Terminal, written: number): Promise<unknown> =>
  until(ARRIVAL_MS, 200, `${written} receipts at the cloud`, async () => {
    const status = await askAgent(folder, "status", {});
    return (status?.captured.transactions === written && status.upstreams[0]?.pending === 0) || undefined;
  });

/** Starts the bundled floor and waits until it watches. */
async function startKeeper(till: string, scratch: string): Promise<BenchProcess> {
  const bundle = bundleFloor(fileURLToPath(new URL("./floor.ts", import.meta.url)), "shop-floor");
  const floor = startProcess(process.execPath, [bundle, till, scratch]);
  await until(MINUTE_MS, 5, "the floor to watch", () => Promise.resolve(floor.text().includes("ready") || undefined));
  return floor;
}

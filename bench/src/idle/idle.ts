import { setTimeout as sleep } from "node:timers/promises";
import type { Benchmark } from "../benchmark.ts";
import { familyCpuMsOf, familyOf, memoryOf } from "../processes/proc.ts";
import { makeScratch, removeScratch } from "../processes/scratch.ts";
import { addWatchedFolder, startAgent, untilOnline } from "../servers/idle-agent.ts";
import { withEnrolledTerminal } from "../servers/with-enrolled-terminal.ts";
import { bundleFloor, startFloor } from "./start-floor.ts";

const RSS_MB_MAX = 90;
const CPU_PERCENT_MAX = 0.5;
const WATCH_S = 20;
const WATCH_S_QUICK = 5;
/** Start-up and greeting are over, and what they left behind was collected. */
const SETTLE_MS = 5_000;

export const idle: Benchmark = {
  name: "idle",
  about: "memory and processor of the bundled agent, enrolled, one watched folder, nothing to do",
  run: ({ quick }) =>
    withEnrolledTerminal(async (terminal) => {
      addWatchedFolder(terminal);
      const folder = await makeScratch("idle-floor");
      const agent = await startAgent(terminal);
      const floor = await startFloor(bundleFloor(), folder);
      try {
        await untilOnline(terminal);
        await sleep(SETTLE_MS);
        const seconds = quick ? WATCH_S_QUICK : WATCH_S;
        // Both do nothing, so they do not disturb each other: the same seconds for both.
        const [ours, bare] = await Promise.all([watch(agent.process.pid, seconds), watch(floor.process.pid, seconds)]);
        return {
          name: "idle",
          ours: ours.rssMb,
          unit: "MB RSS",
          floor: bare.rssMb,
          ratio: bare.rssMb / ours.rssMb,
          peers: {},
          target: `RSS < ${RSS_MB_MAX} MB and CPU < ${CPU_PERCENT_MAX} % of a core`,
          met: ours.rssMb < RSS_MB_MAX && ours.cpuPercent < CPU_PERCENT_MAX,
          rounds: 1,
          extra: { cpuPercent: ours.cpuPercent, "floor.cpuPercent": bare.cpuPercent, processes: ours.processes, seconds },
          notes: ["memory and processor time include the processes that the agent starts"],
        };
      } finally {
        await agent.process.stop();
        await floor.process.stop();
        await removeScratch(folder);
      }
    }),
};

interface Watched {
  readonly rssMb: number;
  readonly cpuPercent: number;
  readonly processes: number;
}

/** Memory at the end of `seconds`, and processor time over them, of a process and those that it started. */
async function watch(pid: number, seconds: number): Promise<Watched> {
  const before = (await familyCpuMsOf(pid)) ?? Number.NaN;
  const started = performance.now();
  await sleep(seconds * 1_000);
  const family = await familyOf(pid);
  const cpuMs = ((await familyCpuMsOf(pid)) ?? Number.NaN) - before;
  const rss = await Promise.all(family.map(async (member) => (await memoryOf(member))?.rssBytes ?? Number.NaN));
  return {
    rssMb: rss.reduce((sum, bytes) => sum + bytes, 0) / 1e6,
    cpuPercent: (cpuMs / (performance.now() - started)) * 100,
    processes: family.length,
  };
}

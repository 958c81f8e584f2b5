import type { Benchmark } from "../benchmark.ts";
import { bundleFloor, startFloor } from "../idle/start-floor.ts";
import { median } from "../measure/median.ts";
import { runRounds } from "../measure/rounds.ts";
import { makeScratch, removeScratch } from "../processes/scratch.ts";
import { addWatchedFolder, startAgent, type StartedAgent } from "../servers/idle-agent.ts";
import { withEnrolledTerminal } from "../servers/with-enrolled-terminal.ts";

const READY_MS_MAX = 200;
const ROUNDS = 11;
const ROUNDS_QUICK = 3;

export const startUp: Benchmark = {
  name: "start-up",
  about: "milliseconds from spawning the bundled agent until it answers on its control socket",
  run: ({ quick, rounds: asked }) =>
    withEnrolledTerminal(async (terminal) => {
      addWatchedFolder(terminal);
      const bundle = bundleFloor();
      const count = asked ?? (quick ? ROUNDS_QUICK : ROUNDS);
      // The first start makes the journal; a till is started many times more often than once.
      await timed(() => startAgent(terminal));
      const contestants = [
        { name: "ours", run: () => timed(() => startAgent(terminal)) },
        { name: "floor", run: () => timedFloor(bundle) },
      ];
      const { results } = await runRounds(count, contestants, ["ours", "floor"]);
      const [ours = [], floor = []] = [results.get("ours"), results.get("floor")];
      return {
        name: "start-up",
        ours: median(ours),
        unit: "ms",
        floor: median(floor),
        ratio: median(floor.map((ms, i) => ms / (ours[i] ?? Number.NaN))),
        peers: {},
        target: `ready within ${READY_MS_MAX} ms`,
        met: median(ours) <= READY_MS_MAX,
        rounds: count,
        extra: { slowestMs: Math.max(...ours), fastestMs: Math.min(...ours) },
        notes: [],
      };
    }),
};

async function timed(start: () => Promise<StartedAgent>): Promise<number> {
  const { process, readyMs } = await start();
  await process.stop();
  return readyMs;
}

async function timedFloor(bundle: string): Promise<number> {
  const folder = await makeScratch("start-floor");
  try {
    return await timed(() => startFloor(bundle, folder));
  } finally {
    await removeScratch(folder);
  }
}

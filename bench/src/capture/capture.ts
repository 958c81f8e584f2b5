import type { Benchmark } from "../benchmark.ts";
import { median, quantile } from "../measure/median.ts";
import { medianRatio, runRounds } from "../measure/rounds.ts";
import { runScript } from "../processes/child.ts";
import { makeScratch, removeScratch } from "../processes/scratch.ts";

const TARGET_RATIO = 0.6;
/** Short rounds, many of them: a disk's mood lasts longer than one of them, and each has both. */
const FULL = { rounds: 15, sales: 1_000 };
const QUICK = { rounds: 3, sales: 300 };
const RUN_MS = 120_000;

interface CaptureRun {
  readonly elapsedMs: number;
  readonly latenciesMs: readonly number[];
}

export const capture: Benchmark = {
  name: "capture",
  about: "one sale a durable transaction, against a bare SQLite transaction that writes the same bytes",
  run: async ({ quick, rounds: asked, progress }) => {
    const { sales, rounds: count } = { ...(quick ? QUICK : FULL), ...(asked === undefined ? {} : { rounds: asked }) };
    progress(`${count} rounds of ${sales} sales`);
    const contestants = [
      { name: "ours", run: () => runOnce(new URL("./ours.ts", import.meta.url), sales) },
      { name: "floor", run: () => runOnce(new URL("./floor.ts", import.meta.url), sales) },
    ];
    const { results } = await runRounds(count, contestants, ["ours", "floor"]);
    const [ours = [], floor = []] = [results.get("ours"), results.get("floor")];
    const rate = (runs: readonly CaptureRun[]): number[] => runs.map((run) => (sales / run.elapsedMs) * 1_000);
    const ratio = medianRatio(rate(ours), rate(floor));
    return {
      name: "capture",
      ours: median(rate(ours)),
      unit: "sales/s",
      floor: median(rate(floor)),
      ratio,
      peers: {},
      target: `ratio >= ${TARGET_RATIO}`,
      met: ratio >= TARGET_RATIO,
      rounds: count,
      extra: { ...latencies("ours", ours), ...latencies("floor", floor) },
      notes: [],
    };
  },
};

/** Medians over the rounds of each round's quantile: one slow minute of the disk does not speak for all. */
const latencies = (name: string, runs: readonly CaptureRun[]): Record<string, number> => ({
  [`${name}.p50Ms`]: median(runs.map((run) => quantile(run.latenciesMs, 0.5))),
  [`${name}.p99Ms`]: median(runs.map((run) => quantile(run.latenciesMs, 0.99))),
});

async function runOnce(script: URL, sales: number): Promise<CaptureRun> {
  const folder = await makeScratch("capture");
  try {
    return await runScript<CaptureRun>(script, { folder, sales }, RUN_MS);
  } finally {
    await removeScratch(folder);
  }
}

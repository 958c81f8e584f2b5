import type { PriceFanOutResult } from "../../../simulation/src/price-fan-out/measure.ts";
import type { Benchmark } from "../benchmark.ts";
import { median } from "../measure/median.ts";
import { runScript } from "../processes/child.ts";

/** What a price may take to the last of the terminals. */
const TARGET_MS = 2_000;
const FULL = { rounds: 3, size: { terminals: 1_000, batches: 2, changes: 5 } };
const QUICK = { rounds: 1, size: { terminals: 50, batches: 20, changes: 2 } };
const RUN_MS = 600_000;

export const priceFanOut: Benchmark = {
  name: "price-fan-out",
  about: "a changed price to 1,000 connected terminals, each of which drains a backlog while one's upload is stuck",
  run: async (context) => {
    const { size, rounds: usual } = context.quick ? QUICK : FULL;
    const rounds = context.rounds ?? usual;
    const results: PriceFanOutResult[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const result = await runScript<PriceFanOutResult>(new URL("./ours.ts", import.meta.url), size, RUN_MS);
      context.progress(`round ${round + 1}: the last of ${result.terminals} terminals after ${Math.round(result.maxMs)} ms`);
      results.push(result);
    }
    const figure = (read: (result: PriceFanOutResult) => number): number => median(results.map(read));
    const whole = results.every((result) => result.arrived === result.expected && result.drainingAtEnd > 0 && result.stuckThroughout);
    const lastMs = figure((result) => result.maxMs);
    return {
      name: "price-fan-out",
      ours: lastMs,
      unit: "ms to the last terminal",
      floor: null,
      ratio: null,
      peers: {},
      target: `every price at every terminal, within ${TARGET_MS} ms`,
      met: whole && lastMs <= TARGET_MS,
      rounds,
      extra: {
        terminals: size.terminals,
        p50Ms: figure((result) => result.p50Ms),
        p99Ms: figure((result) => result.p99Ms),
        putMaxMs: figure((result) => result.putMaxMs),
        batchesMeanwhile: figure((result) => result.batchesMeanwhile),
        liveShare: figure((result) => result.arrivedLive / result.expected),
      },
      notes: [
        "from before the price is sent to the cloud until the terminal has it; terminals, cloud and database share the machine",
        "most of the time is the cloud's answer to the price's writer (putMaxMs); terminals have it when it is committed",
      ],
    };
  },
};

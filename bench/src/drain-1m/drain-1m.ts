import type { Benchmark } from "../benchmark.ts";
import { median } from "../measure/median.ts";
import { startCloud } from "../servers/cloud.ts";
import { startPostgres, type PostgresServer } from "../servers/postgres.ts";
import { startProgram } from "../servers/programs.ts";
import { makeTerminal } from "../servers/terminal.ts";
import { watchDrain, type DrainWatched } from "./watch-drain.ts";

const TARGET_RATIO = 0.85;
const EDGE_RSS_MB_MAX = 150;
const SMALL = 20_000;
const FULL = { large: 1_000_000, smallRuns: 3 };
const QUICK = { large: 100_000, smallRuns: 1 };
/** Slower than this is a failure, not a figure. */
const SALES_A_SECOND_MIN = 500;

interface AgentDrain extends DrainWatched {
  readonly cloudPeakRssBytes: number | null;
}

export const drainMillion: Benchmark = {
  name: "drain-1m",
  about: "the same with 1,000,000 pending (--quick: 100,000), by the whole agent; its floor is the rate at 20,000",
  run: async ({ quick, progress }) => {
    const { large, smallRuns } = quick ? QUICK : FULL;
    const postgres = await startPostgres();
    try {
      const small: AgentDrain[] = [];
      for (let run = 0; run < smallRuns; run += 1) small.push(await drainByAgent(postgres, `small_${run}`, SMALL));
      progress(`filling a journal with ${large} sales`);
      const big = await drainByAgent(postgres, "large", large);
      const smallRate = median(small.map((run) => run.salesPerSecond));
      const ratio = big.salesPerSecond / smallRate;
      const edgeRssMb = megabytes(big.peakRssBytes);
      return {
        name: "drain-1m",
        ours: big.salesPerSecond,
        unit: "sales/s",
        floor: smallRate,
        ratio,
        peers: {},
        target: `ratio >= ${TARGET_RATIO}, edge RSS < ${EDGE_RSS_MB_MAX} MB`,
        met: ratio >= TARGET_RATIO && (edgeRssMb ?? 0) < EDGE_RSS_MB_MAX,
        rounds: 1,
        extra: {
          pending: large,
          edgePeakRssMb: edgeRssMb,
          "edgePeakRssMb.at20000": megabytes(median(small.map((run) => run.peakRssBytes ?? Number.NaN))),
          "edgeRssMb.afterOneTenth": megabytes(big.rssBytes[0] ?? null),
          "edgeRssMb.atTheEnd": megabytes(big.rssBytes.at(-1) ?? null),
          cloudPeakRssMb: megabytes(big.cloudPeakRssBytes),
        },
        notes: [postgres.description, `the floor is the median of ${smallRuns} drains of ${SMALL} by the same agent in the same run`],
      };
    } finally {
      await postgres.stop();
    }
  },
};

const megabytes = (bytes: number | null): number | null => (bytes === null ? null : bytes / 1e6);

async function drainByAgent(postgres: PostgresServer, name: string, sales: number): Promise<AgentDrain> {
  const cloud = await startCloud(await postgres.createDatabase(name));
  try {
    const terminal = await makeTerminal(cloud, cloud.url, sales);
    const agent = await startProgram("edge-agent", ["run", "--data", terminal.folder]);
    try {
      const timeoutMs = 30_000 + (sales / SALES_A_SECOND_MIN) * 1_000;
      const watched = await watchDrain(terminal.folder, agent.pid, sales, timeoutMs, sales > SMALL ? 20 : 2).catch((error: unknown) => {
        throw new Error(`${String(error)}: ${agent.text().trim()}`, { cause: error });
      });
      return { ...watched, cloudPeakRssBytes: await cloud.peakRssBytes() };
    } finally {
      await agent.stop();
      await terminal.remove();
    }
  } finally {
    await cloud.stop();
    await postgres.dropDatabase(name);
  }
}

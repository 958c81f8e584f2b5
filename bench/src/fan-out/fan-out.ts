import type { BenchContext, Benchmark } from "../benchmark.ts";
import { installPeers } from "../drain/install-peers.ts";
import { allHeld } from "../drain/drain.ts";
import { median } from "../measure/median.ts";
import { medianRatio, runRounds, type Contestant, type Rounds } from "../measure/rounds.ts";
import { runScript } from "../processes/child.ts";
import type { Row } from "../report/row.ts";
import { startPostgres, type PostgresServer } from "../servers/postgres.ts";
import { runContestant, type FanOut, type FanOutResult } from "./run-contestant.ts";

const TARGET_RATIO = 0.6;
const FULL = { rounds: 3, events: 60_000 };
const QUICK = { rounds: 1, events: 3_000 };
const DESTINATIONS = 8;
const FILL_MS = 600_000;
const TEMPLATE = "fan_out_filled";
const PEERS = new URL("../../peers/", import.meta.url);

export const fanOut: Benchmark = {
  name: "fan-out",
  about: "60,000 sales to 8 tables: a destination each, against a script that only copies the rows",
  run: async (context) => {
    const { events, rounds: count } = {
      ...(context.quick ? QUICK : FULL),
      ...(context.rounds === undefined ? {} : { rounds: context.rounds }),
    };
    const reason = await installPeers(context.progress);
    const postgres = await startPostgres();
    try {
      const databaseUrl = await postgres.createDatabase(TEMPLATE);
      context.progress(`filling a log with ${events} sales, ${postgres.description}`);
      const work = { events, destinations: DESTINATIONS };
      await runScript(new URL("./fill.ts", import.meta.url), { databaseUrl, ...work }, FILL_MS);
      const rounds = await runRounds(count, contestantsOf(context, postgres, work, reason === undefined), ["ours", "floor"]);
      return rowOf(rounds, postgres.description, reason);
    } finally {
      await postgres.stop();
    }
  },
};

function contestantsOf(context: BenchContext, postgres: PostgresServer, work: FanOut, peers: boolean): Contestant<FanOutResult>[] {
  const one = (name: string, script: URL): Contestant<FanOutResult> => ({
    name,
    run: async (round) => {
      const result = await runContestant(postgres, `${name.replaceAll("-", "_")}_${round}`, script, work, TEMPLATE);
      context.progress(`round ${round + 1}: ${name} ${Math.round(result.deliveriesPerSecond)} deliveries/s`);
      return result;
    },
  });
  return [
    one("ours", new URL("./ours.ts", import.meta.url)),
    one("floor", new URL("./floor.ts", import.meta.url)),
    ...(peers ? [one("pg-boss", new URL("pg-boss.mjs", PEERS)), one("graphile-worker", new URL("graphile-worker.mjs", PEERS))] : []),
  ];
}

function rowOf({ count, results, failures }: Rounds<FanOutResult>, server: string, peersMissing: string | undefined): Row {
  const rates = (name: string): number[] => (results.get(name) ?? []).map((run) => run.deliveriesPerSecond);
  const rate = (name: string): number | null => (rates(name).length === 0 ? null : median(rates(name)));
  const figure = (name: string, read: (run: FanOutResult) => number | null): number | null => {
    const values = (results.get(name) ?? []).map(read).filter((value) => value !== null);
    return values.length === 0 ? null : median(values);
  };
  const ratio = medianRatio(rates("ours"), rates("floor"));
  const peers = ["pg-boss", "graphile-worker"];
  const reached = peers.map((name) => ({
    factor: 1,
    reached: rates(name).length === 0 ? null : medianRatio(rates("ours"), rates(name)),
  }));
  return {
    name: "fan-out",
    ours: rate("ours"),
    unit: "deliveries/s",
    floor: rate("floor"),
    ratio,
    peers: Object.fromEntries(peers.map((name) => [name, rate(name)])),
    target: `ratio >= ${TARGET_RATIO}; ahead of pg-boss and graphile-worker`,
    met: allHeld(ratio >= TARGET_RATIO, reached),
    rounds: count,
    extra: {
      ...Object.fromEntries(
        ["ours", "floor", ...peers].flatMap((name) => [
          [`${name}.cpuUs`, figure(name, (run) => run.cpuUs)],
          [`${name}.databaseCpuUs`, figure(name, (run) => run.databaseCpuUs)],
        ]),
      ),
      "ours.peakRssMB": figure("ours", (run) => run.peakRssBytes / 1e6),
    },
    notes: [
      server,
      "after each run every table was compared with the events, row for row by a sum of hashes",
      "peers: adding the jobs is part of their work, as reading the log is of ours; a job carries a position, and its handler reads the row and writes it with the floor's statements",
      ...(peersMissing === undefined ? [] : [`peers not installed: ${peersMissing}`]),
      ...[...failures].map(([name, why]) => `${name}: ${why}`),
    ],
  };
}

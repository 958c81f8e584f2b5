import type { BenchContext, Benchmark } from "../benchmark.ts";
import { median } from "../measure/median.ts";
import { medianRatio, runRounds, type Contestant, type Rounds } from "../measure/rounds.ts";
import type { Row } from "../report/row.ts";
import { startPostgres, type PostgresServer } from "../servers/postgres.ts";
import { installPeers } from "./install-peers.ts";
import { drainToBareServer, type DrainResult } from "./run-floor.ts";
import { drainOurs, type OursResult } from "./run-ours.ts";
import { drainPouchDb } from "./run-pouchdb.ts";

const TARGET_RATIO = 0.6;
const EDGE_RSS_MB_MAX = 150;
/** Every peer's rate times this is to be reached by ours. */
const PEER_FACTORS: Readonly<Record<string, number>> = { rxdb: 1, powersync: 1, pouchdb: 3 };
/** A workspace of its own, so the base is apart: its scripts are no part of this one. */
const PEERS = new URL("../../peers/", import.meta.url);
const FULL = { rounds: 5, sales: 20_000 };
const QUICK = { rounds: 1, sales: 5_000 };

type Result = DrainResult | OursResult;

export const drain: Benchmark = {
  name: "drain",
  about: "a backlog of 20,000 sales, edge SQLite over HTTP to PostgreSQL, until acknowledged",
  run: async (context) => {
    const { sales, rounds: count } = {
      ...(context.quick ? QUICK : FULL),
      ...(context.rounds === undefined ? {} : { rounds: context.rounds }),
    };
    const reason = await installPeers(context.progress);
    const postgres = await startPostgres();
    try {
      context.progress(`${count} rounds of ${sales} sales, ${postgres.description}`);
      const rounds = await runRounds(count, contestantsOf(context, postgres, sales, reason === undefined), ["ours", "floor"]);
      return rowOf(rounds, postgres.description, reason);
    } finally {
      await postgres.stop();
    }
  },
};

function contestantsOf(context: BenchContext, postgres: PostgresServer, sales: number, peers: boolean): Contestant<Result>[] {
  const bare = (name: string, script: URL, more: Parameters<typeof drainToBareServer>[4] = {}): Contestant<Result> => ({
    name,
    run: (round) => drainToBareServer(postgres, `${name}_${round}`, script, sales, more),
  });
  const fill = new URL("./floor-fill.ts", import.meta.url);
  const all: Contestant<Result>[] = [
    { name: "ours", run: (round) => drainOurs(postgres, `ours_${round}`, sales) },
    bare("floor", new URL("./floor.ts", import.meta.url), { fill, as: "rows" }),
    ...(peers ? [bare("rxdb", new URL("rxdb.mjs", PEERS)), bare("powersync", new URL("powersync.mjs", PEERS))] : []),
    ...(peers ? [{ name: "pouchdb", run: () => drainPouchDb(sales) }] : []),
    bare("floorSegments", new URL("./floor.ts", import.meta.url), { fill, as: "segments" }),
    { name: "embedded", run: () => drainOurs("embedded", "", sales) },
  ];
  return all.map((contestant) => ({
    ...contestant,
    run: async (round) => {
      const result = await contestant.run(round);
      context.progress(`round ${round + 1}: ${contestant.name} ${Math.round(result.salesPerSecond)} sales/s`);
      return result;
    },
  }));
}

/** A peer that could not be run leaves the question open, unless something else was missed already. */
export function allHeld(held: boolean, peers: readonly { factor: number; reached: number | null }[]): boolean | null {
  if (!held || peers.some(({ factor, reached }) => reached !== null && reached <= factor)) return false;
  return peers.every(({ reached }) => reached !== null) ? true : null;
}

function rowOf({ count, results, failures }: Rounds<Result>, server: string, peersMissing: string | undefined): Row {
  const rates = (name: string): number[] => (results.get(name) ?? []).map((run) => run.salesPerSecond);
  const rate = (name: string): number | null => (rates(name).length === 0 ? null : median(rates(name)));
  const against = (name: string): number | null => (rates(name).length === 0 ? null : medianRatio(rates("ours"), rates(name)));
  const cpu = (name: string): Record<string, number | null> => ({
    [`${name}.edgeCpuUs`]: figure(name, (run) => run.cpu.edgeUs),
    [`${name}.serverCpuUs`]: figure(name, (run) => run.cpu.serverUs),
    [`${name}.databaseCpuUs`]: figure(name, (run) => run.cpu.databaseUs),
  });
  const figure = (name: string, read: (run: OursResult) => number | null): number | null => {
    const values = (results.get(name) ?? []).map((run) => read(run as OursResult)).filter((value) => value !== null);
    return values.length === 0 ? null : median(values);
  };
  const megabytes = (bytes: number | null): number | null => (bytes === null ? null : bytes / 1e6);
  const ratio = against("floor");
  const edgeRssMb = figure("ours", (run) => megabytes(run.edgePeakRssBytes));
  const peers = Object.keys(PEER_FACTORS);
  const held = ratio !== null && ratio >= TARGET_RATIO && (edgeRssMb ?? 0) < EDGE_RSS_MB_MAX;
  return {
    name: "drain",
    ours: rate("ours"),
    unit: "sales/s",
    floor: rate("floor"),
    ratio,
    peers: Object.fromEntries(peers.map((name) => [name, rate(name)])),
    target: `ratio >= ${TARGET_RATIO}, ahead of rxdb and powersync, 3 x pouchdb, edge RSS < ${EDGE_RSS_MB_MAX} MB`,
    met: allHeld(
      held,
      Object.entries(PEER_FACTORS).map(([name, factor]) => ({ factor, reached: against(name) })),
    ),
    rounds: count,
    extra: {
      ...Object.fromEntries(peers.map((name) => [`ratioTo.${name}`, against(name)])),
      "ours.projected": figure("ours", (run) => run.projectedPerSecond),
      "ours.shareProjectedWhenAcked": figure("ours", (run) => run.projectedWhenAcked),
      "ours.edgePeakRssMb": edgeRssMb,
      "ours.cloudPeakRssMb": figure("ours", (run) => megabytes(run.serverPeakRssBytes)),
      ...cpu("ours"),
      ...cpu("floor"),
      "ours.onEmbedded": rate("embedded"),
      floorSegments: rate("floorSegments"),
      "ratioTo.floorSegments": against("floorSegments"),
      ...Object.fromEntries(peers.map((name) => [`${name}.edgePeakRssMb`, figure(name, (run) => megabytes(run.edgePeakRssBytes))])),
    },
    notes: [
      server,
      ...(peersMissing === undefined ? [] : [`the peers could not be installed: ${peersMissing}`]),
      ...[...failures].map(([name, reason]) => `${name} could not be run: ${reason}`),
    ],
  };
}

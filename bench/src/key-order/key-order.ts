import type { BenchContext, Benchmark } from "../benchmark.ts";
import { allHeld } from "../drain/drain.ts";
import { installPeers } from "../drain/install-peers.ts";
import { median } from "../measure/median.ts";
import { medianRatio, runRounds, type Contestant, type Rounds } from "../measure/rounds.ts";
import { runScript } from "../processes/child.ts";
import type { Row } from "../report/row.ts";
import { startPostgres, type PostgresServer } from "../servers/postgres.ts";
import { ENDPOINT_MS } from "./endpoint.ts";

const TARGET_RATIO = 0.8;
const KEYS = 1_000;
const FULL = { rounds: 3, perKey: 30 };
const QUICK = { rounds: 1, perKey: 5 };
const STEP_MS = 600_000;
const TEMPLATE = "key_order_filled";
const PEERS = new URL("../../peers/", import.meta.url);
/** What 1,000 keys can reach when each has always one item at the endpoint. */
const IDEAL = KEYS / (ENDPOINT_MS / 1_000);

interface Result {
  readonly itemsPerSecond: number;
  readonly cpuUs: number;
  /** Keys that were at the endpoint at the same time, at most. */
  readonly most: number;
}

export const keyOrder: Benchmark = {
  name: "key-order",
  about: "1,000 keys, their items one at a time and in order, at an endpoint that takes 100 ms",
  run: async (context) => {
    const { perKey, rounds: count } = {
      ...(context.quick ? QUICK : FULL),
      ...(context.rounds === undefined ? {} : { rounds: context.rounds }),
    };
    const reason = await installPeers(context.progress);
    const postgres = await startPostgres();
    try {
      const databaseUrl = await postgres.createDatabase(TEMPLATE);
      context.progress(`filling a log with ${KEYS} keys of ${perKey} items, ${postgres.description}`);
      await runScript(new URL("./fill.ts", import.meta.url), { databaseUrl, keys: KEYS, perKey }, STEP_MS);
      const rounds = await runRounds(count, contestantsOf(context, postgres, perKey, reason === undefined), ["ours"]);
      return rowOf(rounds, postgres.description, reason);
    } finally {
      await postgres.stop();
    }
  },
};

function contestantsOf(context: BenchContext, postgres: PostgresServer, perKey: number, peers: boolean): Contestant<Result>[] {
  const one = (name: string, script: URL, template?: string): Contestant<Result> => ({
    name,
    run: async (round) => {
      const database = `${name.replaceAll("-", "_")}_${round}`;
      const databaseUrl = await postgres.createDatabase(database, template);
      try {
        const work = { databaseUrl, keys: KEYS, perKey, timeoutMs: STEP_MS };
        const end = await runScript<{ elapsedMs: number; cpuMs: number; most: number }>(script, work, STEP_MS);
        const items = KEYS * perKey;
        const result = { itemsPerSecond: (items / end.elapsedMs) * 1_000, cpuUs: (end.cpuMs / items) * 1_000, most: end.most };
        context.progress(`round ${round + 1}: ${name} ${Math.round(result.itemsPerSecond)} items/s, ${result.most} keys at once`);
        return result;
      } finally {
        await postgres.dropDatabase(database);
      }
    },
  });
  return [
    one("ours", new URL("./ours.ts", import.meta.url), TEMPLATE),
    ...(peers
      ? [one("pg-boss", new URL("pg-boss-keys.mjs", PEERS)), one("graphile-worker", new URL("graphile-worker-keys.mjs", PEERS))]
      : []),
  ];
}

function rowOf({ count, results, failures }: Rounds<Result>, server: string, peersMissing: string | undefined): Row {
  const rates = (name: string): number[] => (results.get(name) ?? []).map((run) => run.itemsPerSecond);
  const rate = (name: string): number | null => (rates(name).length === 0 ? null : median(rates(name)));
  const figure = (name: string, read: (run: Result) => number): number | null => {
    const values = (results.get(name) ?? []).map(read);
    return values.length === 0 ? null : median(values);
  };
  const ratio = median(rates("ours")) / IDEAL;
  const peers = ["pg-boss", "graphile-worker"];
  const reached = peers.map((name) => ({
    factor: 1,
    reached: rates(name).length === 0 ? null : medianRatio(rates("ours"), rates(name)),
  }));
  return {
    name: "key-order",
    ours: rate("ours"),
    unit: "items/s",
    floor: IDEAL,
    ratio,
    peers: Object.fromEntries(peers.map((name) => [name, rate(name)])),
    target: `ratio >= ${TARGET_RATIO} of the ideal; ahead of pg-boss and graphile-worker`,
    met: allHeld(ratio >= TARGET_RATIO, reached),
    rounds: count,
    extra: Object.fromEntries(
      ["ours", ...peers].flatMap((name) => [
        [`${name}.cpuUs`, figure(name, (run) => run.cpuUs)],
        [`${name}.keysAtOnce`, figure(name, (run) => run.most)],
      ]),
    ),
    notes: [
      server,
      `floor: the ideal, ${KEYS} keys / ${ENDPOINT_MS} ms; the endpoint is a timer in the contestant's own process, so that no HTTP is measured`,
      "every contestant's order was checked: of a key one at a time, in sequence, each once; ours also records every receipt before its clock stops",
      "pg-boss: policy key_strict_fifo, 20 workers of 50 jobs; graphile-worker: a named queue for each key, 1,000 jobs at once; jobs added before the clock",
      ...(peersMissing === undefined ? [] : [`peers not installed: ${peersMissing}`]),
      ...[...failures].map(([name, why]) => `${name}: ${why}`),
    ],
  };
}

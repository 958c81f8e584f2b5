import type { BenchContext, Benchmark } from "../benchmark.ts";
import { median } from "../measure/median.ts";
import { medianRatio, runRounds, type Contestant, type Rounds } from "../measure/rounds.ts";
import { runScript, startScript } from "../processes/child.ts";
import { makeScratch, removeScratch } from "../processes/scratch.ts";
import type { Row } from "../report/row.ts";

/** "At most 1.5 times the floor's time". */
const TARGET_RATIO = 1 / 1.5;
/** Every peer's rate times this is to be reached by ours. */
const PEER_FACTORS: Readonly<Record<string, number>> = { rxdb: 1, pouchdb: 8 };
const FULL = { rounds: 5, items: 100_000 };
const QUICK = { rounds: 1, items: 10_000 };
const STEP_MS = 120_000;

interface LoadResult {
  readonly elapsedMs: number;
  readonly cpuMs: number;
  readonly documents: number;
  readonly peakRssBytes: number;
  readonly wireBytes: number;
  readonly readP50Us?: number;
  readonly readP99Us?: number;
  readonly heldP99Ms?: number;
  readonly heldMaxMs?: number;
}

export const firstLoad: Benchmark = {
  name: "first-load",
  about: "100,000 products with prices on an empty terminal, until it stands where the cloud does",
  run: async (context) => {
    const { items, rounds: count } = {
      ...(context.quick ? QUICK : FULL),
      ...(context.rounds === undefined ? {} : { rounds: context.rounds }),
    };
    context.progress(`${count} rounds of ${items} products with prices`);
    const rounds = await runRounds(count, contestantsOf(context, items), ["ours", "floor"]);
    return rowOf(rounds);
  },
};

function contestantsOf(context: BenchContext, items: number): Contestant<LoadResult>[] {
  const scripts = {
    ours: new URL("./ours.ts", import.meta.url),
    floor: new URL("./floor.ts", import.meta.url),
    rxdb: new URL("./rxdb.ts", import.meta.url),
    pouchdb: new URL("./pouchdb.mjs", import.meta.url),
  };
  return Object.entries(scripts).map(([name, script]) => ({
    name,
    run: async () => {
      const result = await load(name, script, items);
      context.progress(`${name} ${Math.round(result.elapsedMs)} ms`);
      return result;
    },
  }));
}

/** One run on an empty folder, with a far end of its own. Fails unless every document is there at the end. */
async function load(name: string, script: URL, items: number): Promise<LoadResult> {
  const folder = await makeScratch(`first-load-${name}`);
  const server = startScript(new URL("./server.ts", import.meta.url), { items });
  try {
    const { url } = (await server.next(STEP_MS)) as { url: string };
    const result = await runScript<Omit<LoadResult, "wireBytes">>(script, { folder, url, items }, STEP_MS);
    server.send({ stop: true });
    const { bytes } = (await server.next(STEP_MS)) as { bytes: number };
    if (result.documents !== 2 * items) throw new Error(`${name}: ${result.documents} documents of ${2 * items}`);
    return { ...result, wireBytes: bytes };
  } finally {
    await server.stop();
    await removeScratch(folder);
  }
}

function rowOf({ count, results, failures }: Rounds<LoadResult>): Row {
  const rates = (name: string): number[] => (results.get(name) ?? []).map(({ documents, elapsedMs }) => (documents / elapsedMs) * 1_000);
  const rate = (name: string): number | null => (rates(name).length === 0 ? null : median(rates(name)));
  const against = (name: string): number | null => (rates(name).length === 0 ? null : medianRatio(rates("ours"), rates(name)));
  const figure = (name: string, read: (run: LoadResult) => number | undefined): number | null => {
    const values = (results.get(name) ?? []).map(read).filter((value) => value !== undefined);
    return values.length === 0 ? null : median(values);
  };
  const ratio = against("floor");
  const peers = Object.keys(PEER_FACTORS);
  const reached = Object.entries(PEER_FACTORS).map(([name, factor]) => ({ factor, reached: against(name) }));
  const missed = ratio === null || ratio < TARGET_RATIO || reached.some((peer) => peer.reached !== null && peer.reached < peer.factor);
  const all = ["ours", "floor", ...peers];
  return {
    name: "first-load",
    ours: rate("ours"),
    unit: "documents/s",
    floor: rate("floor"),
    ratio,
    peers: Object.fromEntries(peers.map((name) => [name, rate(name)])),
    target: "at most 1.5 x the floor's time (ratio >= 0.667), ahead of rxdb, 8 x pouchdb",
    met: missed ? false : reached.every((peer) => peer.reached !== null) ? true : null,
    rounds: count,
    extra: {
      ...Object.fromEntries(peers.map((name) => [`ratioTo.${name}`, against(name)])),
      ...Object.fromEntries(all.map((name) => [`${name}.ms`, figure(name, (run) => run.elapsedMs)])),
      ...Object.fromEntries(all.map((name) => [`${name}.cpuMs`, figure(name, (run) => run.cpuMs)])),
      ...Object.fromEntries(all.map((name) => [`${name}.peakRssMb`, figure(name, (run) => run.peakRssBytes / 1e6)])),
      ...Object.fromEntries(all.map((name) => [`${name}.wireMb`, figure(name, (run) => run.wireBytes / 1e6)])),
      "ours.readPriceP50Us": figure("ours", (run) => run.readP50Us),
      "ours.readPriceP99Us": figure("ours", (run) => run.readP99Us),
      "ours.loopHeldP99Ms": figure("ours", (run) => run.heldP99Ms),
      "ours.loopHeldMaxMs": figure("ours", (run) => run.heldMaxMs),
    },
    notes: [...failures].map(([name, reason]) => `${name} could not be run: ${reason}`),
  };
}

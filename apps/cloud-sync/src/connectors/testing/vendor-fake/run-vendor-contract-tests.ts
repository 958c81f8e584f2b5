import { describe, expect, test } from "vitest";
import { specsAbsent, vendorSpecs } from "./load-spec.ts";
import { misbehaviours, type Misbehaviour } from "./misbehaviours.ts";
import { runScenario, type Disturbance, type RunReport, type VendorUnderTest } from "./run-scenario.ts";
import { makeScenarios, type Scenario } from "./scenarios.ts";
import { seededRandom } from "./seeded-random.ts";
import { virtualClock } from "./virtual-clock.ts";

const DAY_MS = 86_400_000;
/** A request that only reads meets one in so many misbehaviours, in turn: it cannot double anything. */
const READS_EVERY = 6;
/** Where not every request is disturbed, one in so many writes is lost for days. */
const WRITES_EVERY = 3;
/** Runs at once: each has a server and a connector of its own, all in one process. */
const RUNS_AT_ONCE = 8;
/** A busy machine takes long over a test of many runs. */
const TEST_TIMEOUT_MS = 120_000;
/** Seeds of runs in which anything may go wrong with any request. */
const SEEDS = [1, 2, 3, 4];
/** How often a request of such a run goes wrong, and how many do before the vendor comes to rest. */
const CHAOS = 0.3;
const CHAOS_MAX = 10;

export interface VendorSuite<Config> extends VendorUnderTest<Config> {
  /** Scenarios of this vendor besides the common ones. */
  readonly more?: readonly Scenario[];
  /** Common scenarios that the connector does not take, by name. */
  readonly without?: readonly string[];
  /** Whether the vendor's keys protect anything, so that a vendor that forgets them must show. */
  readonly hasKeys: boolean;
  /** Every write goes under a key of ours and puts itself in its own place: nothing doubles even where nothing is found. */
  readonly upserts?: true;
  /**
   * Scenarios in which each request meets each misbehaviour, by name, for connectors whose items take many requests: they
   * have every operation in them. The others meet commits without an answer here and there, and chaos. Undefined: all.
   */
  readonly disturbed?: readonly string[];
}

/**
 * What every connector to a vendor without a server of its own must pass: each kind of receipt, each misbehaviour, at each
 * request; afterwards the vendor's memory holds every document exactly once, with the receipt's total, and the members'
 * points are right. The suite also proves that it would notice: without look-ups, and with keys forgotten, it finds faults.
 */
export function runVendorContractTests<Config>(name: string, suite: VendorSuite<Config>): void {
  const title = `${name} against its vendor's specification and a fake that misbehaves${specsAbsent}`;
  describe.skipIf(vendorSpecs === "")(title, { timeout: TEST_TIMEOUT_MS }, () => {
    const clock = virtualClock();
    const scenarios = [...makeScenarios(clock.nowMs()), ...(suite.more ?? [])].filter((one) => suite.without?.includes(one.name) !== true);
    const run = (scenario: Scenario, disturb: Disturbance) => runScenario(suite, scenario, disturb);

    describe.each(scenarios.map((scenario) => [scenario.name, scenario] as const))("%s", (_name, scenario) => {
      let counted: Promise<RunReport["requests"]> | undefined;
      const seeRequests = (): Promise<RunReport["requests"]> => (counted ??= run(scenario, {}).then(({ requests }) => requests));

      test("undisturbed", async () => {
        const report = await run(scenario, {});
        expect(report.faults).toEqual([]);
        expect(report.requests.length).toBeGreaterThan(0);
      });

      const isWhole = suite.disturbed === undefined || suite.disturbed.includes(scenario.name);
      const kinds = isWhole ? misbehaviours.map((kind, at) => [kind.name, kind, at] as const) : [];
      test.each(kinds)("%s, at each request", async (_name, kind, turn) => {
        const requests = await seeRequests();
        const disturbed = requests.flatMap(({ reads }, at) => (reads && (at + turn) % READS_EVERY !== 0 ? [] : [at]));
        expect(await faultsOfAll(disturbed.map((at) => [`request ${at + 1}`, meet(kind, at)]))).toEqual([]);
      });

      test("anything may go wrong with any request", async () => {
        expect(await faultsOfAll(SEEDS.map((seed) => [`seed ${seed}`, { plan: chaos(seed), needsAnother: true }]))).toEqual([]);
      });

      test("the destination is down for three days after a commit whose answer was lost: one posting", async () => {
        const all = (await seeRequests()).flatMap(({ reads }, at) => (reads ? [] : [at]));
        const writes = all.filter((_at, n) => isWhole || n % WRITES_EVERY === 0);
        expect(await faultsOfAll(writes.map((at) => [`request ${at + 1}`, { plan: downForDays(at) }]))).toEqual([]);
      });

      async function faultsOfAll(runs: readonly (readonly [string, Disturbance])[]): Promise<string[]> {
        const faults: string[] = [];
        for (let from = 0; from < runs.length; from += RUNS_AT_ONCE) {
          const some = runs.slice(from, from + RUNS_AT_ONCE);
          const reports = await Promise.all(some.map(async ([label, disturb]) => ({ label, ...(await run(scenario, disturb)) })));
          faults.push(...reports.flatMap((report) => report.faults.map((fault) => `${report.label}: ${fault}`)));
        }
        return faults;
      }

      test("the store was offline for three days, and a replay comes days later: one posting", async () => {
        const report = await run(scenario, { heldBackMs: 3 * DAY_MS, replayAfterMs: 4 * DAY_MS });
        expect(report.faults).toEqual([]);
      });
    });

    // A connector that never looks up lives by the vendor's keys alone: the next control is its own.
    const withoutLookUps = () => faultsAnywhere(scenarios, { lookUpOff: true, names: ["the key's window passes", "then the line is cut"] });
    const looksUp = suite.connector.manifest.capabilities.lookUp;
    if (suite.upserts === true)
      test("a write finds its own place even where no look-up finds it", async () => {
        expect(await withoutLookUps()).toBe(0);
      });
    else
      test.runIf(looksUp)("negative control: without look-ups the suite finds faults", async () => {
        expect(await withoutLookUps()).toBeGreaterThan(0);
      });

    test.runIf(suite.hasKeys)("negative control: a vendor that forgets its keys is noticed", async () => {
      expect(await faultsAnywhere(scenarios, { keysIgnored: true, names: ["arrives twice"] })).toBeGreaterThan(0);
    });

    /** Wrong effects of the first scenario that has any, those with points first: they are doubled most easily. */
    async function faultsAnywhere(all: readonly Scenario[], { names, ...disturb }: Disturbance & { names: string[] }): Promise<number> {
      const kinds = misbehaviours.filter((kind) => names.some((part) => kind.name.endsWith(part)));
      for (const scenario of all.toSorted((a, b) => Number(b.name.includes("member")) - Number(a.name.includes("member")))) {
        const { requests } = await run(scenario, disturb);
        const writes = requests.flatMap(({ reads }, at) => (reads ? [] : [at]));
        const runs = kinds.flatMap((kind) => writes.map((at) => run(scenario, { ...disturb, ...meet(kind, at) })));
        const faults = (await Promise.all(runs)).flatMap(({ wrongEffects }) => wrongEffects);
        if (faults.length > 0) return faults.length;
      }
      return 0;
    }
  });
}

/** The request with this index meets one misbehaviour. */
const meet = (kind: Misbehaviour, at: number): Disturbance => ({
  plan: (index) => (index === at ? kind : undefined),
  ...(kind.needsAnother === true ? { needsAnother: true } : {}),
  ...(kind.slow === true ? { slow: true } : {}),
});

/** A different fate for every request, the same for a seed. Slow ones are left to their own tests. */
function chaos(seed: number): (index: number) => Misbehaviour | undefined {
  const random = seededRandom(seed);
  const kinds = misbehaviours.filter((kind) => kind.slow !== true);
  let left = CHAOS_MAX;
  return () => {
    if (left === 0 || random() >= CHAOS) return undefined;
    left -= 1;
    return kinds[Math.floor(random() * kinds.length)];
  };
}

/** Commits request `at`, cuts the line, and refuses everything for three days. */
function downForDays(at: number): (index: number) => Misbehaviour | undefined {
  const lost = misbehaviours.find(({ name }) => name === "commits, then the line is cut");
  const down: Misbehaviour = {
    name: "is down",
    commits: false,
    hits: 1,
    jumpMs: DAY_MS,
    answer: (response) => response.writeHead(503).end(),
  };
  return (index) => (index === at ? lost : index > at && index <= at + 3 ? down : undefined);
}

import { expect, test } from "vitest";
import { expectedDocuments } from "../testing/vendor-fake/expected-effects.ts";
import { misbehaviours, type Misbehaviour } from "../testing/vendor-fake/misbehaviours.ts";
import { runScenario, type Disturbance, type VendorUnderTest } from "../testing/vendor-fake/run-scenario.ts";
import { makeScenarios, receipt, type Scenario } from "../testing/vendor-fake/scenarios.ts";
import { virtualClock } from "../testing/vendor-fake/virtual-clock.ts";
import type { VendureConfig } from "./manifest.ts";
import { configOf, fakeVendure } from "./testing/fake-vendure.ts";
import { vendure } from "./vendure.ts";

const under = (unique = true): VendorUnderTest<VendureConfig> => ({
  connector: vendure,
  start: () => fakeVendure({ unique }),
  config: configOf,
  expected: (items) => ({ documents: expectedDocuments(items), points: {} }),
});

const scenarios = makeScenarios(virtualClock().nowMs());
const quick = misbehaviours.filter((kind) => kind.slow !== true);
/** The ways that differ for a chain of two documents. */
const chained = quick.filter(({ name }) => ["commits, then the line is cut", "arrives twice"].includes(name));
/** An exchange has every operation of the connector in it, a revision has them twice. */
const disturbed = scenarios.flatMap((scenario) =>
  scenario.name === "an exchange"
    ? quick.map((kind) => [scenario.name, kind.name, scenario, kind] as const)
    : scenario.name === "a revision of a member's sale"
      ? chained.map((kind) => [scenario.name, kind.name, scenario, kind] as const)
      : [],
);

/** A request that only reads meets one in so many misbehaviours, in turn: it cannot double anything. */
const READS_EVERY = 4;

async function faultsAtEachRequest(scenario: Scenario, kind: Misbehaviour, unique = true): Promise<string[]> {
  const { requests } = await runScenario(under(), scenario, {});
  const meet = (at: number): Disturbance => ({
    plan: (index) => (index === at ? kind : undefined),
    ...(kind.needsAnother === true ? { needsAnother: true } : {}),
  });
  const turn = misbehaviours.indexOf(kind);
  const met = requests.flatMap(({ reads }, at) => (reads && (at + turn) % READS_EVERY !== 0 ? [] : [at]));
  const reports = await Promise.all(met.map(async (at) => ({ at, ...(await runScenario(under(unique), scenario, meet(at))) })));
  return reports.flatMap(({ at, faults }) => faults.map((fault) => `request ${at + 1}: ${fault}`));
}

test.each(scenarios.map((scenario) => [scenario.name, scenario] as const))(
  "%s stands once, and once more after a replay",
  async (_name, scenario) => {
    expect((await runScenario(under(), scenario, { replayAfterMs: 86_400_000 })).faults).toEqual([]);
  },
);

test.each(disturbed)("%s stands once, when a request %s", async (_scenario, _kind, scenario, kind) => {
  expect(await faultsAtEachRequest(scenario, kind)).toEqual([]);
});

test.each(misbehaviours.filter((kind) => kind.slow === true).map((kind) => [kind.name, kind] as const))(
  "an exchange stands once, when a request %s",
  async (_name, kind) => {
    const scenario = scenarios.find(({ name }) => name === "an exchange");
    expect(scenario && (await faultsAtEachRequest(scenario, kind))).toEqual([]);
  },
);

test("negative control: without the unique fields, requests that arrive twice have two effects, and the suite finds them", async () => {
  const [sale] = scenarios.find(({ name }) => name === "an exchange")?.items ?? [];
  const [twice] = misbehaviours.filter(({ name }) => name === "arrives twice");
  if (sale === undefined || twice === undefined) throw new Error("the common scenarios have changed");
  const returnOf = sale.transaction.identity;
  // Little enough that the payment could give it back twice.
  const back = receipt(
    {
      sequence: "12",
      lines: [
        {
          line: 1,
          action: "return",
          itemType: "stock",
          itemId: "coffee",
          quantity: { value: "-1", uom: "EA" },
          extendedAmount: "-599",
          returnOf,
        },
      ],
      tenders: [{ line: 2, type: "cash", use: "refund", amount: "-599" }],
    },
    sale.receivedAtMs,
    { orderingKey: sale.orderingKey },
  );
  const scenario = { name: "a small return", stranger: sale, items: [sale, back] };
  expect(await faultsAtEachRequest(scenario, twice)).toEqual([]);
  expect(await faultsAtEachRequest(scenario, twice, false)).toEqual(expect.arrayContaining([expect.stringContaining("documents")]));
});

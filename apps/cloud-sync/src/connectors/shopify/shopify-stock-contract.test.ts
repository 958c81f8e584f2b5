import { describe, expect, test } from "vitest";
import { noContext, testPorts } from "../testing/context.ts";
import { expectedDocuments, type BookedDocument } from "../testing/vendor-fake/expected-effects.ts";
import { specsAbsent, vendorSpecs } from "../testing/vendor-fake/load-spec.ts";
import { misbehaviours, type Misbehaviour } from "../testing/vendor-fake/misbehaviours.ts";
import { runScenario, type Disturbance } from "../testing/vendor-fake/run-scenario.ts";
import { makeScenarios, type Scenario } from "../testing/vendor-fake/scenarios.ts";
import { seededRandom } from "../testing/vendor-fake/seeded-random.ts";
import { startVendorFake, type VendorServer } from "../testing/vendor-fake/start-vendor-fake.ts";
import { virtualClock, type VirtualClock } from "../testing/vendor-fake/virtual-clock.ts";
import type { ConnectorSession, DeliveryItem } from "../connector.ts";
import { KEY_WINDOW_MS } from "./stock/settle-stock.ts";
import { planStock } from "./stock/plan-stock.ts";
import type { ShopifyConfig } from "./manifest.ts";
import { shopify } from "./shopify.ts";
import { fakeShopify } from "./testing/fake-shopify.ts";
import { document, STOCK_BEFORE, type FakeStock } from "./testing/fake-stock.ts";
import { revised, stockItem } from "./testing/stock-item.ts";
import { suite } from "./testing/suite.ts";

const DAY_MS = 86_400_000;
const received = stockItem({
  sequence: "1",
  kind: "receiving",
  items: [
    ["apple", "12"],
    ["mug", "6"],
  ],
});
const wasted = stockItem({ sequence: "2", kind: "waste", items: [["coffee", "-3"]] });
const counted = stockItem({
  sequence: "3",
  kind: "count",
  items: [
    ["coffee", "20"],
    ["mug", "11"],
  ],
});
const stranger = stockItem({ sequence: "9", kind: "adjustment", items: [["pear", "-1"]] });
const scenario = (name: string, ...items: DeliveryItem[]): Scenario => ({ name, stranger, items });
const receipts: Scenario[] = makeScenarios(virtualClock().nowMs()).filter(({ name }) =>
  ["an exchange", "a post-void of a member's sale", "a revision of a member's sale", "a sale with taxes on top"].includes(name),
);
const scenarios = [
  scenario("goods that are received", received),
  scenario("goods that are thrown away after others came in", received, wasted),
  scenario("a count", wasted, counted),
  scenario("a movement that is corrected", received, revised(received, { sequence: "1", kind: "receiving", items: [["apple", "10"]] })),
  ...receipts,
];

function withReceipts(url: string, timeoutMs: number): ShopifyConfig {
  return { ...suite.config(url, timeoutMs), stock: { journal: "tillsync_stock", locations: { "9": "77" }, receipts: true } };
}

/** Each change once, and what is on hand after all of them. */
function expected(items: readonly DeliveryItem[]): { documents: BookedDocument[]; points: Record<string, number> } {
  const onHand = new Map(Object.entries(STOCK_BEFORE));
  const parts = items.flatMap((item) => {
    const planned = planStock(item, under.config("https://shop.example", 1_000));
    const parts = planned.kind === "stock" ? planned.parts : [];
    const isKnown = ({ sku }: { sku: string }): boolean => Object.hasOwn(STOCK_BEFORE, sku);
    return parts.map((part) => ({ ...part, levels: part.levels.filter(isKnown) })).filter(({ levels }) => levels.length > 0);
  });
  for (const { kind, levels } of parts)
    for (const { sku, quantity } of levels) onHand.set(sku, quantity + (kind === "count" ? 0 : (onHand.get(sku) ?? 0)));
  const moved = [...onHand].filter(([sku, units]) => units !== STOCK_BEFORE[sku]);
  return {
    points: {},
    documents: [
      ...expectedDocuments(items),
      ...parts.map(({ reference, levels }) =>
        document(
          reference,
          levels.reduce((sum, { quantity }) => sum + quantity, 0),
        ),
      ),
      ...moved.map(([sku, units]) => document(`on hand ${sku}`, units)),
    ],
  };
}
const under = { ...suite, expected, config: withReceipts };

const meet = (kind: Misbehaviour, at: number): Disturbance => ({
  plan: (index) => (index === at ? kind : undefined),
  ...(kind.needsAnother === true ? { needsAnother: true } : {}),
  ...(kind.slow === true ? { slow: true } : {}),
});
const lostForDays = misbehaviours.filter(({ jumpMs }) => jumpMs !== undefined);
const others = misbehaviours.filter(({ jumpMs }) => jumpMs === undefined);
/** What a person is told of a change that can no longer be proven. */
const isUnproven = (fault: string): boolean => fault.includes("destination.stock-unproven") || fault.includes('"kind":"unfinished"');

describe.skipIf(vendorSpecs === "")(
  `stock at Shopify against its specification and a fake that misbehaves${specsAbsent}`,
  { timeout: 120_000 },
  () => {
    describe.each(scenarios.map((one) => [one.name, one] as const))("%s", (_name, one) => {
      const requestsOf = async () => (await runScenario(under, one, {})).requests;

      test("undisturbed", async () => {
        expect((await runScenario(under, one, {})).faults).toEqual([]);
      });

      // A movement and a count have every request in them.
      const kinds = one === scenarios[0] || one === scenarios[2] ? others : [];
      test.each(kinds.map((kind, turn) => [kind.name, kind, turn] as const))(
        "%s, at each request: one effect",
        async (_kind, kind, turn) => {
          const at = (await requestsOf()).flatMap(({ reads }, index) => (reads && (index + turn) % 3 !== 0 ? [] : [index]));
          const reports = await Promise.all(at.map((index) => runScenario(under, one, meet(kind, index))));
          expect(reports.flatMap(({ faults }) => faults)).toEqual([]);
        },
      );

      test.each(lostForDays.map((kind) => [kind.name, kind] as const))("%s: one effect, or a person is told", async (_kind, kind) => {
        const reports = await Promise.all((await requestsOf()).map((_request, index) => runScenario(under, one, meet(kind, index))));
        expect(reports.flatMap(({ wrongEffects }) => wrongEffects)).toEqual([]);
        expect(reports.flatMap(({ faults }) => faults).filter((fault) => !isUnproven(fault))).toEqual([]);
      });

      test.each([1, 2, 3])("anything may go wrong with any request (seed %i): one effect, or a person is told", async (seed) => {
        const random = seededRandom(seed);
        const quick = misbehaviours.filter(({ slow }) => slow !== true);
        let left = 10;
        const plan = (): Misbehaviour | undefined =>
          left > 0 && random() < 0.3 ? ((left -= 1), quick[Math.floor(random() * quick.length)]) : undefined;
        const { wrongEffects, faults } = await runScenario(under, one, { plan, needsAnother: true });
        expect(wrongEffects).toEqual([]);
        expect(faults.filter((fault) => !isUnproven(fault))).toEqual([]);
      });

      test("the store was offline for three days, and a replay comes days later: one effect", async () => {
        expect((await runScenario(under, one, { heldBackMs: 3 * DAY_MS, replayAfterMs: 4 * DAY_MS })).faults).toEqual([]);
      });
    });

    test.each<[string, Disturbance, string]>([
      ["without a journal", { lookUpOff: true }, "key's window passes"],
      ["with a vendor that forgets its keys", { keysIgnored: true }, "arrives twice"],
    ])("negative control: %s the suite finds stock that moved twice", async (_name, disturb, ending) => {
      const kinds = misbehaviours.filter(({ name }) => name.endsWith(ending));
      const [one] = scenarios;
      const { requests } = await runScenario(under, one!, disturb);
      const runs = kinds.flatMap((kind) => requests.map((_request, at) => runScenario(under, one!, { ...disturb, ...meet(kind, at) })));
      expect((await Promise.all(runs)).flatMap(({ wrongEffects }) => wrongEffects).length).toBeGreaterThan(0);
    });
  },
);

describe.skipIf(vendorSpecs === "")(`others at the same stock${specsAbsent}`, { timeout: 60_000 }, () => {
  interface World {
    readonly clock: VirtualClock;
    readonly stock: FakeStock;
    readonly server: VendorServer;
    readonly session: ConnectorSession;
  }
  const withWorld = async (work: (world: World) => Promise<void>): Promise<void> => {
    const clock = virtualClock();
    const { vendor, stock } = fakeShopify(clock, { keysIgnored: false, blind: false });
    const server = await startVendorFake(vendor, clock);
    const session = shopify.open(suite.config(server.url, 5_000), testPorts({ nowMs: () => clock.nowMs() }));
    try {
      await work({ clock, stock, server, session });
      expect(server.violations).toEqual([]);
    } finally {
      await session.close();
      await server.close();
    }
  };
  const onHand = (stock: FakeStock, sku: string): string | undefined =>
    stock.documents().find(({ reference }) => reference === `on hand ${sku}`)?.total;
  /** The change of stock is lost: before Shopify saw it, or only its answer. */
  const lose = (server: VendorServer, name: string): void =>
    server.plan((_index, { operation }) => (operation === "MoveStock" ? misbehaviours.find((kind) => kind.name === name) : undefined));

  test("a level that others change in between is read anew: both changes stand", () =>
    withWorld(async ({ stock, session }) => {
      let times = 0;
      stock.beforeChange = () => void (times++ === 0 && stock.take("coffee", 4));
      expect(await session.send(wasted, noContext)).toMatchObject({ kind: "delivered" });
      expect(onHand(stock, "coffee")).toBe(String(25 - 4 - 3));
    }));

  test("a level that others change all the time is tried again later, and nothing moved", () =>
    withWorld(async ({ stock, session }) => {
      stock.beforeChange = () => stock.take("coffee", 1);
      expect(await session.send(wasted, noContext)).toMatchObject({ kind: "theirs" });
      stock.beforeChange = undefined;
      expect(await session.send(wasted, noContext)).toMatchObject({ kind: "delivered" });
      expect(onHand(stock, "coffee")).toBe(String(25 - 3 - 3));
    }));

  test("what was never done, and nobody touched since, is done days later", () =>
    withWorld(async ({ clock, stock, server, session }) => {
      lose(server, "is cut before the commit");
      expect(await session.send(wasted, noContext)).toMatchObject({ kind: "uncertain" });
      server.plan(() => undefined);
      clock.advance(KEY_WINDOW_MS);
      expect(await session.lookUp?.(wasted, noContext)).toMatchObject({ kind: "unfinished" });
      expect(await session.send(wasted, noContext)).toMatchObject({ kind: "delivered" });
      expect(onHand(stock, "coffee")).toBe("22");
    }));

  test.each(["is cut before the commit", "commits, then the line is cut"])(
    "%s, and others moved the same stock before the window passed: a person is told, and nothing moves again",
    (name) =>
      withWorld(async ({ clock, stock, server, session }) => {
        lose(server, name);
        await session.send(wasted, noContext);
        server.plan(() => undefined);
        stock.take("coffee", 3);
        const before = onHand(stock, "coffee");
        clock.advance(KEY_WINDOW_MS);
        for (let again = 0; again < 2; again++)
          expect(await session.send(wasted, noContext)).toMatchObject({
            kind: "rejected",
            detail: expect.stringContaining("destination.stock-unproven") as string,
          });
        expect(onHand(stock, "coffee")).toBe(before);
      }),
  );

  test.each([
    ["commits, then the line is cut", "delivered", 25 - 3 - 3],
    ["is cut before the commit", "rejected", 25 - 3],
  ])("%s, and others moved the same stock while the key is remembered: %s", (name, kind, left) =>
    withWorld(async ({ stock, server, session }) => {
      lose(server, name);
      await session.send(wasted, noContext);
      server.plan(() => undefined);
      stock.take("coffee", 3);
      expect(await session.send(wasted, noContext)).toMatchObject({ kind });
      expect(onHand(stock, "coffee")).toBe(String(left));
    }),
  );

  test("what Shopify refuses is parked with its code, and can be sent again once it is put right", () =>
    withWorld(async ({ stock, session }) => {
      const below = stockItem({ sequence: "4", kind: "count", items: [["mug", "-1"]] });
      for (let again = 0; again < 2; again++)
        expect(await session.send(below, noContext)).toEqual({
          kind: "rejected",
          detail: "Shopify refuses the stock: INVALID_QUANTITY_NEGATIVE",
        });
      expect(await session.lookUp?.(below, noContext)).toEqual({ kind: "absent" });
      expect(stock.documents()).toEqual([]);
    }));

  test("articles that Shopify does not know are all named, and nothing moved", () =>
    withWorld(async ({ stock, session }) => {
      const unknown = stockItem({
        sequence: "5",
        kind: "receiving",
        items: [
          ["fig", "1"],
          ["apple", "1"],
          ["nut", "2"],
        ],
      });
      expect(await session.send(unknown, noContext)).toEqual({
        kind: "mapping-missing",
        missing: [
          { table: "items", code: "fig" },
          { table: "items", code: "nut" },
        ],
      });
      expect(stock.documents()).toEqual([]);
    }));

  test("without the journal's definition, and at a location that does not hold the article, nothing moved", () =>
    withWorld(async ({ stock, server }) => {
      const send = async (stockConfig: object): Promise<unknown> => {
        const stock = { journal: "tillsync_stock", locations: { "9": "77" }, receipts: false, ...stockConfig };
        const config = { ...suite.config(server.url, 5_000), stock };
        const other = shopify.open(config, testPorts());
        const result = await other.send(wasted, noContext);
        await other.close();
        return result;
      };
      expect(await send({ journal: "nothing_of_ours" })).toMatchObject({ kind: "set-up" });
      expect(await send({ locations: { "9": "78" } })).toMatchObject({ kind: "rejected" });
      expect(await send({ locations: {} })).toEqual({ kind: "mapping-missing", missing: [{ table: "stock.locations", code: "9" }] });
      expect(stock.documents()).toEqual([]);
    }));
});

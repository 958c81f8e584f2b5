import { afterEach, describe, expect, test } from "vitest";
import type { ConnectorSession, DeliveryItem, SendContext } from "../connector.ts";
import { noContext, testPorts } from "../testing/context.ts";
import { specsAbsent, vendorSpecs } from "../testing/vendor-fake/load-spec.ts";
import { misbehaviours } from "../testing/vendor-fake/misbehaviours.ts";
import { makeScenarios } from "../testing/vendor-fake/scenarios.ts";
import { startVendorFake, type VendorServer } from "../testing/vendor-fake/start-vendor-fake.ts";
import { virtualClock, type VirtualClock } from "../testing/vendor-fake/virtual-clock.ts";
import { CART_UNITS_MAX, planItem } from "./map.ts";
import { talonOne } from "./talon-one.ts";
import { fakeTalonOne } from "./testing/fake-talon-one.ts";
import { another, goods, one, sale, suite } from "./testing/suite.ts";

const NOW = virtualClock().nowMs();
const DAY_MS = 86_400_000;
const config = suite.config("https://talon.example", 1_000);
const itemOf = (name: string): DeliveryItem =>
  makeScenarios(NOW)
    .find((scenario) => scenario.name === name)!
    .items.at(-1)!;
const stepsOf = (item: DeliveryItem, of = config): string[] => {
  const planned = planItem(item, of);
  return planned.kind === "plan" ? planned.plan.steps.map(({ kind }) => kind) : [planned.kind];
};

test.each([
  ["a return that names its sale and gives points back", ["return"]],
  ["an exchange", ["return", "close"]],
  ["a post-void of a return", ["close"]],
  ["a return without a receipt", ["nothing"]],
])("%s: %o", (name, steps) => {
  expect(stepsOf(itemOf(name))).toEqual(steps);
});

test("without returns nothing comes back from a session, and points alone do", () => {
  const off = { ...config, returns: false };
  expect(stepsOf(itemOf("an exchange"), off)).toEqual(["close"]);
  expect(stepsOf(itemOf("a post-void of a return"), off)).toEqual([]);
});

test.each([sale, one])("a receipt in another currency than the application's is refused before anything is sent", (item) => {
  const dollars = { ...item, transaction: { ...item.transaction, currency: "USD" } as DeliveryItem["transaction"] };
  expect(stepsOf(dollars)).toEqual(["rejected"]);
});

test("as many units as Talon.One takes are a session, one more is not", () => {
  const some = (last: number): DeliveryItem =>
    goods(
      "70",
      [
        ["apple", 9_999, 1],
        ["mug", last, 1],
      ],
      0,
    );
  expect(stepsOf(some(CART_UNITS_MAX - 9_999))).toEqual(["close"]);
  expect(stepsOf(some(CART_UNITS_MAX - 9_998))).toEqual(["rejected"]);
});

test.each([
  ["a page of a gateway", undefined, { kind: "set-up" }],
  ["Talon.One's own word", { message: "not found" }, { kind: "absent" }],
])("%s at 404: only Talon.One can say that a session or a movement is not there", async (_name, body, there) => {
  const server = await startVendorFake(
    {
      rules: {
        judge: ({ path, query, headers }) => ({ kind: "call", call: { operation: path, params: {}, query, headers, body: undefined } }),
        judgeAnswer: () => undefined,
      },
      answer: () => ({ status: 404, body }),
      repeatable: () => true,
    },
    virtualClock(),
  );
  const session = talonOne.open(suite.config(server.url, 5_000), testPorts());
  expect(await session.lookUp?.(sale, noContext)).toMatchObject(there);
  await session.close();
  await server.close();
});

describe.skipIf(vendorSpecs === "")(`returns at Talon.One${specsAbsent}`, () => {
  const closing: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
  });
  const sold: SendContext = { vendorIdOf: (key) => Promise.resolve(key === sale.naturalKey ? sale.identity : undefined) };
  interface World {
    readonly clock: VirtualClock;
    readonly server: VendorServer;
    readonly session: ConnectorSession;
    /** The sale's session as it is remembered: its state, and in cents what is left of it. */
    readonly left: () => string;
  }
  const open = async (isHidden: (id: string) => boolean = () => false): Promise<World> => {
    const clock = virtualClock();
    const { vendor, memory } = fakeTalonOne(clock, { keysIgnored: false, blind: false }, isHidden);
    const server = await startVendorFake(vendor, clock);
    const session = talonOne.open(suite.config(server.url, 5_000), testPorts({ nowMs: () => clock.nowMs() }));
    closing.push(async () => {
      await session.close();
      await server.close();
      expect(server.violations).toEqual([]);
    });
    const left = (): string => {
      const found = memory.documents().find(({ reference }) => reference.startsWith(sale.identity));
      return `${found?.reference.slice(sale.identity.length).trim()} ${found?.total}`;
    };
    expect(await session.send(sale, noContext)).toMatchObject({ kind: "delivered", vendorId: sale.identity });
    return { clock, server, session, left };
  };
  const loseReturn = (server: VendorServer, name: string): void =>
    server.plan((_index, { operation }) =>
      operation === "returnCartItems" ? misbehaviours.find((kind) => kind.name === name) : undefined,
    );

  test("the sale's session is found again whole after goods came back from it", async () => {
    const { session, left } = await open();
    await session.send(one, sold);
    expect(left()).toBe(`partially_returned ${3 * 125 + 2 * 99 + 1_500 - 125}`);
    expect(await session.lookUp?.(sale, sold)).toMatchObject({ kind: "found", total: { amount: String(3 * 125 + 2 * 99 + 1_500) } });
    expect(await session.send(sale, sold)).toMatchObject({ kind: "delivered", vendorId: sale.identity });
  });

  test.each([
    ["is cut before the commit", "one return"],
    ["commits, then the line is cut", "one return"],
  ])("%s, and the key was forgotten long since: %s", async (name) => {
    const { clock, server, session, left } = await open();
    loseReturn(server, name);
    expect(await session.send(one, sold)).toMatchObject({ kind: "uncertain" });
    server.plan(() => undefined);
    clock.advance(10 * DAY_MS);
    expect(await session.lookUp?.(one, sold)).toMatchObject({ kind: "unfinished" });
    expect(await session.send(one, sold)).toMatchObject({ kind: "delivered" });
    expect(await session.lookUp?.(one, sold)).toMatchObject({ kind: "found" });
    expect(left()).toBe(`partially_returned ${2 * 125 + 2 * 99 + 1_500}`);
  });

  test("negative control: without our own session of the return the goods come back twice", async () => {
    const { clock, server, session, left } = await open((id) => id.endsWith("-t0"));
    loseReturn(server, "commits, then the line is cut");
    await session.send(one, sold);
    server.plan(() => undefined);
    clock.advance(10 * DAY_MS);
    await session.send(one, sold);
    expect(left()).toBe(`partially_returned ${1 * 125 + 2 * 99 + 1_500}`);
  });

  test("somebody else's return beside one without an answer: a person is told, and nothing comes back again", async () => {
    const { clock, server, session, left } = await open();
    loseReturn(server, "commits, then the line is cut");
    await session.send(one, sold);
    server.plan(() => undefined);
    expect(await session.send(another, sold)).toMatchObject({ kind: "delivered" });
    const before = left();
    clock.advance(10 * DAY_MS);
    expect(await session.send(one, sold)).toMatchObject({
      kind: "rejected",
      detail: expect.stringContaining("(destination.return-unproven)") as string,
    });
    expect(left()).toBe(before);
  });

  test("more than the session holds is refused before anything comes back, and a sale that is not there is waited for", async () => {
    const { session, left } = await open();
    const tooMany = goods("71", [["apple", -6, 125, sale]], -6);
    expect(await session.send(tooMany, sold)).toMatchObject({
      kind: "rejected",
      detail: expect.stringContaining("fewer of apple") as string,
    });
    expect(left()).toBe(` ${3 * 125 + 2 * 99 + 1_500}`);
    expect(await session.send(one, noContext)).toMatchObject({ kind: "cause-missing", cause: sale.naturalKey });
    expect(await session.lookUp?.(one, noContext)).toEqual({ kind: "absent" });
  });

  test("a sale that was taken back as a whole has nothing to return", async () => {
    const { session, left } = await open();
    const { identity, naturalKey, transaction } = sale;
    await session.send({ ...sale, identity: `${identity}2`, revision: 2, previous: { identity, naturalKey, transaction } }, sold);
    expect(await session.send(one, sold)).toMatchObject({ kind: "rejected", detail: expect.stringContaining("cancelled") as string });
    expect(left()).toMatch(/^cancelled /);
  });
});

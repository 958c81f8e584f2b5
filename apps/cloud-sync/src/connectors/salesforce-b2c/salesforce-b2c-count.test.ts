import { afterEach, describe, expect, test } from "vitest";
import type { ConnectorSession, DeliveryItem } from "../connector.ts";
import { noContext, testPorts } from "../testing/context.ts";
import { specsAbsent, vendorSpecs } from "../testing/vendor-fake/load-spec.ts";
import { misbehaviours } from "../testing/vendor-fake/misbehaviours.ts";
import { startVendorFake, type VendorServer } from "../testing/vendor-fake/start-vendor-fake.ts";
import { virtualClock } from "../testing/vendor-fake/virtual-clock.ts";
import { salesforceB2c } from "./salesforce-b2c.ts";
import { countItem } from "./testing/count-item.ts";
import { fakeSalesforceB2c } from "./testing/fake-salesforce-b2c.ts";
import { suite } from "./testing/suite.ts";

const config = suite.config("https://shop.example", 1_000);
const mapped = (item: DeliveryItem, of = config): unknown => {
  const result = salesforceB2c.map(item, of);
  return result.kind === "requests" ? result.requests.map(({ what, body }) => ({ what, body })) : result;
};

describe("what becomes of goods that moved without a sale", () => {
  test("a count is the allocation from the time of its arrival on; places of one count add up, weights are weights", () => {
    const item = countItem("5", [
      ["a/b", "3"],
      ["ham", "0.305"],
      ["a/b", "4"],
    ]);
    const reset_date = "2026-11-20T09:00:05Z";
    expect(mapped(item)).toEqual([
      { what: "PATCH /inventory_lists/berlin/product_inventory_records/a%2Fb", body: { allocation: { amount: 7, reset_date } } },
      { what: "PATCH /inventory_lists/berlin/product_inventory_records/ham", body: { allocation: { amount: 0.305, reset_date } } },
    ]);
  });

  test.each(["receiving", "adjustment", "waste", "transferOut"])("%s is nothing: it could not be told from its repeat", (kind) => {
    expect(mapped(countItem("1", [["apple", "3"]], kind))).toMatchObject({ kind: "nothing" });
  });

  test("a store without a list is named; less than nothing, and what no number holds, is refused", () => {
    const bare = { ...config, mapping: { ...config.mapping, stores: {} } };
    expect(mapped(countItem("1", [["apple", "3"]]), bare)).toEqual({ kind: "mapping-missing", missing: [{ table: "stores", code: "9" }] });
    expect(mapped(countItem("1", [["apple", "-1"]]))).toMatchObject({ kind: "rejected" });
    expect(mapped(countItem("1", [["apple", "123456789012.345"]]))).toHaveLength(1);
    expect(mapped(countItem("1", [["apple", "1234567890123.345"]]))).toMatchObject({ kind: "rejected" });
    const together = { ...config, mapping: { ...config.mapping, items: { by: "table" as const, table: { "*": "one" } } } };
    const two = countItem("1", [
      ["apple", "1"],
      ["pear", "1"],
    ]);
    expect(mapped(two, together)).toMatchObject({ kind: "rejected", detail: expect.stringContaining("one was counted") as string });
  });
});

describe.skipIf(vendorSpecs === "")(`counts at B2C Commerce${specsAbsent}`, () => {
  const closing: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
  });
  const open = async (over: object = {}): Promise<{ server: VendorServer; session: ConnectorSession; stock: () => string[] }> => {
    const clock = virtualClock();
    const { vendor, memory } = fakeSalesforceB2c(clock, { keysIgnored: false, blind: false });
    const server = await startVendorFake(vendor, clock);
    const session = salesforceB2c.open({ ...suite.config(server.url, 5_000), ...over }, testPorts());
    closing.push(async () => {
      await session.close();
      await server.close();
      expect(server.violations).toEqual([]);
    });
    return { server, session, stock: () => memory.documents().map(({ reference, total }) => `${reference} ${total}`) };
  };
  const writes = (server: VendorServer): number => server.calls.filter(({ operation }) => operation.startsWith("patch")).length;

  test("an earlier count that comes again changes nothing of a later one", async () => {
    const { server, session, stock } = await open();
    const [early, late] = [countItem("1", [["apple", "38"]]), countItem("2", [["apple", "35"]])];
    for (const item of [early, late, early, late]) expect(await session.send(item, noContext)).toMatchObject({ kind: "delivered" });
    expect(stock()).toEqual(["stock apple 35"]);
    expect(writes(server)).toBe(2);
  });

  test("products that the list lacks are all named, and nothing is written; a list that is not there is the set-up's", async () => {
    const { server, session, stock } = await open();
    const item = countItem("1", [
      ["apple", "38"],
      ["fig", "1"],
      ["nut", "2"],
    ]);
    expect(await session.send(item, noContext)).toEqual({
      kind: "mapping-missing",
      missing: [
        { table: "items", code: "fig" },
        { table: "items", code: "nut" },
      ],
    });
    expect(writes(server)).toBe(0);
    expect(stock()).toEqual([]);
    const elsewhere = await open({ mapping: { ...config.mapping, stores: { "9": "paris" } } });
    expect(await elsewhere.session.send(item, noContext)).toEqual({ kind: "set-up", detail: "status 404 InventoryListNotFoundException" });
  });

  test("a count that was cut off is not put over a later one", async () => {
    const { server, session, stock } = await open();
    const [early, late] = [countItem("1", [["apple", "38"]]), countItem("2", [["apple", "35"]])];
    const cut = misbehaviours.find(({ name }) => name === "is cut before the commit");
    server.plan((_index, { operation }) => (operation.startsWith("patch") ? cut : undefined));
    expect(await session.send(early, noContext)).toMatchObject({ kind: "uncertain" });
    server.plan(() => undefined);
    for (const item of [late, early]) expect(await session.send(item, noContext)).toMatchObject({ kind: "delivered" });
    expect(stock()).toEqual(["stock apple 35"]);
  });

  test("a count that was cut off goes on where it was", async () => {
    const { server, session, stock } = await open();
    const item = countItem("1", [
      ["apple", "38"],
      ["coffee/beans", "20"],
      ["mug", "11"],
      ["pear", "8"],
    ]);
    let patches = 0;
    const cut = misbehaviours.find(({ name }) => name === "is cut before the commit");
    server.plan((_index, { operation }) => (operation.startsWith("patch") && ++patches === 2 ? cut : undefined));
    expect(await session.send(item, noContext)).toMatchObject({ kind: "uncertain" });
    server.plan(() => undefined);
    const before = server.calls.length;
    expect(await session.send(item, noContext)).toMatchObject({ kind: "delivered", vendorId: "berlin" });
    expect(server.calls.slice(before).map(({ operation }) => operation.slice(0, 5))).toEqual(["getIn", "patch"]);
    expect(stock()).toEqual(["stock apple 38", "stock coffee/beans 20", "stock mug 11", "stock pear 8"]);
  });
});

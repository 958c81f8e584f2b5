import { afterEach, describe, expect, test } from "vitest";
import type { SendResult } from "../connector.ts";
import { noContext, testPorts } from "../testing/context.ts";
import { FakeError, type Row } from "./testing/fake-books.ts";
import { fates, type Fate } from "./testing/fake-tryton.ts";
import { earlierOf, itemOf, makeConfig, makeReceipt, mixedSale } from "./testing/make-receipt.ts";
import { bringToEnd, closeWorlds, faultsOf, openWorld, rowsOf } from "./testing/open-world.ts";
import { openTryton, tryton } from "./tryton.ts";

afterEach(closeWorlds);

const sale = itemOf(mixedSale());
const expectedSale = { [sale.identity]: "3182" };

describe("a sale", () => {
  test("ends as one sale of the receipt's total, paid by tender, goods moved; cents stand in a line of their own", async () => {
    const world = await openWorld();
    expect(await world.session.send(sale, noContext)).toEqual({ kind: "delivered", vendorId: expect.stringMatching(/^sale\.sale,\d+$/) });
    expect(faultsOf(world, expectedSale)).toEqual([]);
    expect(rowsOf(world, "stock.move").map((move) => move["quantity"])).toEqual([3, 1]);
    expect(await world.session.lookUp?.(sale, noContext)).toMatchObject({ kind: "found", total: { amount: "3182", currency: "EUR" } });
  });

  test("sent again changes nothing", async () => {
    const world = await openWorld();
    const first = await world.session.send(sale, noContext);
    expect(await world.session.send(sale, noContext)).toEqual(first);
    expect(faultsOf(world, expectedSale)).toEqual([]);
  });

  test("two sends at once make one", async () => {
    const world = await openWorld();
    const results = await Promise.all([world.session.send(sale, noContext), world.session.send(sale, noContext)]);
    expect(results.map(({ kind }) => kind).toSorted()).toEqual(["delivered", "theirs"]);
    expect(faultsOf(world, expectedSale)).toEqual([]);
  });

  test("without stock moves when the till does not move stock", async () => {
    const world = await openWorld({ moveStock: false });
    await world.session.send(sale, noContext);
    expect(rowsOf(world, "stock.move")).toEqual([]);
    expect(faultsOf(world, expectedSale)).toEqual([]);
  });

  test("a return names Tryton's sale, when that was recorded", async () => {
    const world = await openWorld();
    const returnOf = { store: "9", workstation: "31", businessDay: "2026-11-19", sequence: "7" };
    const back = itemOf(makeReceipt([{ quantity: "-1", amount: "-129", extra: { returnOf } }], [{ use: "refund", amount: "-129" }]));
    await world.session.send(back, { vendorIdOf: (key) => Promise.resolve(key === "9/31/2026-11-19/7" ? "sale.sale,55" : undefined) });
    expect(rowsOf(world, "sale.sale")[0]).toMatchObject({ origin: "sale.sale,55" });
    expect(rowsOf(world, "stock.move")[0]).toMatchObject({ from_location: 7, to_location: 5, quantity: 1 });
    expect(faultsOf(world, { [back.identity]: "-129" })).toEqual([]);
  });

  test("an exchange that costs nothing is booked and closed", async () => {
    const world = await openWorld();
    const even = itemOf(
      makeReceipt(
        [
          { quantity: "-1", amount: "-129" },
          { item: "pan", amount: "129" },
        ],
        [],
      ),
    );
    expect(await world.session.send(even, noContext)).toMatchObject({ kind: "delivered" });
    expect(faultsOf(world, { [even.identity]: "0" })).toEqual([]);
  });
});

const revised = itemOf(makeReceipt([{ amount: "100", rate: "7", tax: "7" }], [{ amount: "100" }]), {
  revision: 2,
  previous: earlierOf(sale),
});
const expectedRevision = { ...expectedSale, [`${sale.identity}-r`]: "-3182", [revised.identity]: "100" };

describe("what is taken back", () => {
  test("a revision reverses the sale with its payments and goods, and books its own", async () => {
    const world = await openWorld();
    await world.session.send(sale, noContext);
    expect(await world.session.lookUp?.(revised, noContext)).toEqual({ kind: "absent" });
    expect(await world.session.send(revised, noContext)).toMatchObject({ kind: "delivered" });
    expect(faultsOf(world, expectedRevision)).toEqual([]);
    const voiding = itemOf(
      makeReceipt(
        [{ quantity: "-1", amount: "-100" }],
        [{ amount: "-100" }],
        { status: "postVoided", voids: revised.transaction.identity },
        "9",
      ),
      {
        voided: earlierOf(revised),
      },
    );
    expect(await world.session.lookUp?.(voiding, noContext)).toEqual({ kind: "absent" });
    const [original, reversal] = rowsOf(world, "sale.sale");
    expect(reversal).toMatchObject({ origin: `sale.sale,${original?.id}` });
  });

  test("nothing is reversed that never came to stand there, and a draft of it is removed", async () => {
    const world = await openWorld();
    world.fake.decide((_at, { method }) => (method.endsWith(".confirm") ? fates.down : fates.fine));
    expect(await world.session.send(sale, noContext)).toMatchObject({ kind: "theirs" });
    world.fake.decide(() => fates.fine);
    await world.session.send(revised, noContext);
    expect(faultsOf(world, { [revised.identity]: "100" })).toEqual([]);
    expect(await world.session.lookUp?.(revised, noContext)).toMatchObject({ kind: "found" });
  });
});

const harmful = [
  "cutAfterCommit",
  "doubled",
  "cutBefore",
  "htmlAfterCommit",
  "endlessAfterCommit",
  "anothersAnswer",
  "sessionEnded",
  "tooMany",
  "down",
  "busy",
  "unknownError",
] as const;

describe("a line that goes wrong, at every call", () => {
  test.each(harmful)(
    "%s: one sale, whatever was lost",
    async (name) => {
      const plain = await openWorld();
      await bringToEnd(plain, sale);
      for (let at = 0; at < plain.fake.calls.length; at++) {
        const world = await openWorld();
        world.fake.decide((call) => (call === at ? fates[name] : fates.fine));
        const results = await bringToEnd(world, sale);
        expect([at, results.at(-1)?.kind, faultsOf(world, expectedSale)]).toEqual([at, "delivered", []]);
      }
    },
    60_000,
  );

  test.each(["cutAfterCommit", "doubled"] as const)(
    "%s: a revision takes back once",
    async (name) => {
      const plain = await openWorld();
      await plain.session.send(sale, noContext);
      plain.fake.decide(() => fates.fine);
      await bringToEnd(plain, revised);
      for (let at = 0; at < plain.fake.calls.length; at++) {
        const world = await openWorld();
        await world.session.send(sale, noContext);
        world.fake.decide((call) => (call === at ? fates[name] : fates.fine));
        await bringToEnd(world, revised);
        expect([at, faultsOf(world, expectedRevision)]).toEqual([at, []]);
      }
    },
    60_000,
  );

  test("everything twice, all the time: one sale, and one of each payment", async () => {
    const world = await openWorld();
    world.fake.decide((_at, { method }) => (method.endsWith("search_read") ? fates.fine : fates.doubled));
    expect((await bringToEnd(world, sale)).at(-1)).toMatchObject({ kind: "delivered" });
    expect(faultsOf(world, expectedSale)).toEqual([]);
    await bringToEnd(world, revised);
    expect(faultsOf(world, expectedRevision)).toEqual([]);
  });

  test("a payment's draft that may not be deleted is left as it is, and is no payment", async () => {
    const world = await openWorld({}, { dedupe: true }, (model, method) => {
      if (model === "account.move" && method === "delete") throw new FakeError('["UserError",["You are not allowed to delete.","",null]]');
    });
    world.fake.decide((_at, { method }) => (method === "model.account.move.create" ? fates.doubled : fates.fine));
    expect((await bringToEnd(world, sale)).at(-1)).toMatchObject({ kind: "delivered" });
    const moves = rowsOf(world, "account.move").filter((move) => move["description"] !== "");
    expect(moves.map((move) => String(move["state"])).toSorted()).toEqual(["draft", "draft", "posted", "posted"]);
  });

  test("a server that stopped between a step and what Tryton concludes from it is helped on", async () => {
    const world = await openWorld();
    world.fake.decide((_at, { method }) => (method.endsWith(".confirm") ? fates.cutAfterCommit : fates.fine));
    await world.session.send(sale, noContext);
    Object.assign(rowsOf(world, "sale.sale")[0] ?? {}, { state: "confirmed" });
    world.books.tables.get("account.invoice")?.splice(0);
    world.fake.decide((_at, { method }) => (method.endsWith("reconciliation.create") ? fates.cutAfterCommit : fates.fine));
    expect(await world.session.send(sale, noContext)).toMatchObject({ kind: "uncertain" });
    Object.assign(rowsOf(world, "sale.sale")[0] ?? {}, { state: "processing" });
    Object.assign(rowsOf(world, "account.invoice")[0] ?? {}, { state: "posted" });
    world.fake.decide(() => fates.fine);
    expect(await world.session.send(sale, noContext)).toMatchObject({ kind: "delivered" });
    expect(faultsOf(world, expectedSale)).toEqual([]);
  });

  test("negative control: without looking first, the same check finds a second sale", async () => {
    const world = await openWorld({}, { dedupe: false });
    world.fake.decide((_at, { method }) =>
      method === "model.account.invoice.post" && rowsOf(world, "sale.sale").length < 2 ? fates.cutAfterCommit : fates.fine,
    );
    await bringToEnd(world, sale);
    expect(faultsOf(world, expectedSale)).toContainEqual(`2 sales under ${sale.identity}`);
  });
});

describe("whose fault it is", () => {
  const sendTo = async (fate: Fate): Promise<SendResult> => {
    const world = await openWorld({ timeoutMs: 300 });
    world.fake.decide(() => fate);
    return world.session.send(sale, noContext);
  };

  test.each([
    ["htmlAfterCommit", { kind: "uncertain" }],
    ["endlessAfterCommit", { kind: "uncertain" }],
    ["anothersAnswer", { kind: "uncertain" }],
    ["cutAfterCommit", { kind: "uncertain" }],
    ["unknownError", { kind: "uncertain" }],
    ["busy", { kind: "theirs" }],
    ["down", { kind: "theirs" }],
    ["tooMany", { kind: "theirs", retryAfterMs: 7_000, slowDown: true }],
    ["sessionEnded", { kind: "set-up" }],
  ] as const)("%s is %o", async (name, result) => {
    expect(await sendTo(fates[name])).toMatchObject(result);
  });

  test("a server that says nothing is uncertain, and one that is not there is theirs", async () => {
    expect(await sendTo(() => undefined)).toMatchObject({ kind: "uncertain" });
    const world = await openWorld();
    await world.fake.close();
    expect(await world.session.send(sale, noContext)).toMatchObject({ kind: "theirs" });
  });

  test("an ended session is logged in again, once", async () => {
    const world = await openWorld();
    world.fake.decide((at) => (at === 1 ? fates.sessionEnded : fates.fine));
    expect(await world.session.send(sale, noContext)).toMatchObject({ kind: "delivered" });
    expect(world.fake.logins).toBe(2);
  });

  test("an answer with neither result nor error proves nothing", async () => {
    expect(await sendTo((response) => response.writeHead(200).end(`{"id":${String(response.getHeader("x-call"))}}`))).toMatchObject({
      kind: "uncertain",
    });
  });

  test.each([
    ['["UserError",["The period is closed.","",null]]', "UserError: The period is closed."],
    ['["UserWarning",["some_key","Really?","It is late."]]', "UserWarning: Really? It is late."],
  ])("%s is this item's", async (error, detail) => {
    const world = await openWorld({}, { dedupe: true }, (model, method) => {
      if (model === "sale.sale" && method === "quote") throw new FakeError(error);
    });
    expect(await world.session.send(sale, noContext)).toEqual({ kind: "rejected", detail });
  });

  test("a receipt that comes too late for its day is invoiced on the day of its arrival", async () => {
    const world = await openWorld({}, { dedupe: true }, (model, method) => {
      const late = rowsOf(world, "account.invoice").some((invoice) => invoice["state"] === "draft" && invoice["invoice_date"] !== null);
      if (model === "account.invoice" && method === "post" && late)
        throw new FakeError('["UserError",["A later one is numbered.","",null]]');
    });
    expect(await world.session.send(sale, noContext)).toMatchObject({ kind: "delivered" });
    expect(rowsOf(world, "account.invoice")[0]).toMatchObject({ invoice_date: { year: 2026, month: 11, day: 22 } });
  });

  test("codes that Tryton does not have are told all at once, and nothing is sent", async () => {
    const world = await openWorld();
    const strange = itemOf(
      makeReceipt(
        [{ item: "x" }, { item: "y" }].map((line) => ({ ...line, amount: "100", rate: "7", tax: "7" })),
        [{ amount: "200" }],
      ),
    );
    expect(await world.session.send(strange, noContext)).toEqual({
      kind: "mapping-missing",
      missing: [
        { table: "items", code: "x" },
        { table: "items", code: "y" },
      ],
    });
    expect(rowsOf(world, "sale.sale")).toEqual([]);
  });

  test("two sales under one reference, or one of another total, are for a person", async () => {
    const world = await openWorld();
    await world.session.send(sale, noContext);
    const [booked] = rowsOf(world, "sale.sale") as Row[];
    world.books.tables.get("sale.sale")?.push({ ...(booked as Row), id: 5_000 });
    expect(await world.session.lookUp?.(sale, noContext)).toMatchObject({ kind: "foreign" });
    expect(await world.session.send(sale, noContext)).toMatchObject({ kind: "foreign" });
    const other = itemOf(makeReceipt([{ amount: "999" }], [{ amount: "999" }]));
    world.books.tables.get("sale.sale")?.pop();
    expect(other.identity).toBe(sale.identity);
    expect(await world.session.lookUp?.(other, noContext)).toMatchObject({ kind: "foreign" });
  });

  test("a total that no rounding explains is refused before it is booked", async () => {
    const world = await openWorld({ mapping: { ...makeConfig().mapping, taxes: { "7": "VAT 19", "19": "VAT 19" } } });
    expect(await world.session.send(sale, noContext)).toMatchObject({
      kind: "rejected",
      detail: expect.stringContaining("Tryton's total differs"),
    });
    expect(rowsOf(world, "sale.sale").map((one) => one["state"])).toEqual(["draft"]);
  });
});

test("a probe shows whether address and credentials are right, and changes nothing", async () => {
  const world = await openWorld();
  expect(await world.session.probe?.()).toMatchObject({ kind: "ready" });
  world.fake.decide(() => fates.sessionEnded);
  expect(await world.session.probe?.()).toMatchObject({ kind: "set-up" });
  expect(rowsOf(world, "sale.sale")).toEqual([]);
});

test("a private address is refused unless it is allowed, without asking anyone", async () => {
  const config = makeConfig({ url: "https://10.0.0.1", allowPrivateNetwork: false });
  expect(() => tryton.check(config)).toThrow(expect.objectContaining({ code: "destination.address-refused" }));
  const session = openTryton(config, testPorts());
  expect(await session.send(sale, noContext)).toMatchObject({ kind: "set-up" });
  await session.close();
});

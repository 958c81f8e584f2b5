import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { seq, toHex } from "@tillsync/sync-protocol";
import { saveAcked } from "../journal/acknowledge.ts";
import { pseudonymise, retailerPseudonymKey } from "../keys/pseudonym.ts";
import { timeIn } from "./store-clock.ts";
import { saleLine } from "./testing/sale-line.ts";
import { putDocument, STORE } from "./testing/fill-reference.ts";
import { openTestIntake, PSEUDONYM_KEY, type Answer, type TestIntake } from "./testing/open-test-intake.ts";

let till: TestIntake;
const put = (collection: Parameters<typeof putDocument>[1], id: string, fields: Record<string, unknown>): void =>
  putDocument(till.reference, collection, id, fields);
const price = (itemId: string, amount: string, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  itemId,
  currency: "EUR",
  exponent: 2,
  amount,
  uom: "EA",
  kind: "regular",
  ...more,
});
const refusal = ({ status, body }: Answer): unknown => [status, body.error?.code];

beforeEach(async () => {
  till = await openTestIntake({ enrolled: true });
});
afterEach(() => till.close());

describe("before the first load", () => {
  beforeEach(async () => {
    await till.close();
    till = await openTestIntake();
  });
  test.each([
    "/v1/prices?itemId=a",
    "/v1/products?itemId=a",
    "/v1/stock?itemId=a",
    `/v1/members/${"m".repeat(22)}`,
    `/v1/giftcards/${"g".repeat(22)}`,
    "/v1/orders",
    "/v1/orders/1",
  ])("%s says so, and not that there is nothing", async (path) => {
    const answer = await till.ask(path);
    expect(refusal(answer)).toEqual([503, "reference.not-loaded"]);
    expect(answer.headers["retry-after"]).toBe("1");
  });
  test("a number is given no pseudonym: it would be one of this terminal alone", async () => {
    const asked = { method: "POST", body: '{"number":"1"}', headers: { "content-type": "application/json" } };
    expect(refusal(await till.ask("/v1/members/identify", asked))).toEqual([409, "enrol.required"]);
  });
});

describe("prices", () => {
  test("by item number and by scanned code, with what must be known of the item, and how old that is", async () => {
    put("products", "a-1", { gtins: ["04006381333931"], description: "Pen", uom: "EA", status: "blocked", ageRestriction: 18 });
    put("prices", "p1", price("a-1", "199"));
    for (const query of ["itemId=a-1", "gtin=4006381333931", "gtin=04006381333931"]) {
      const answer = await till.ask(`/v1/prices?${query}`);
      expect(answer).toMatchObject({
        status: 200,
        body: {
          itemId: "a-1",
          price: { amount: "199", currency: "EUR" },
          product: { status: "blocked", ageRestriction: 18 },
          asOf: new Date(till.folder.wallMs).toISOString(),
          line: "up",
        },
      });
    }
    till.line = "offline";
    expect((await till.ask("/v1/prices?itemId=a-1")).body.line).toBe("down");
  });

  test("at the time, quantity and group that are asked for; a member's group counts while he is one", async () => {
    put("stores", STORE, { name: "Shop", timeZone: "Asia/Tokyo", currency: "EUR", pricesIncludeTax: true });
    put("prices", "p1", price("a", "200"));
    put("prices", "p2", price("a", "180", { minimumQuantity: "10" }));
    put("prices", "p3", price("a", "150", { customerGroup: "staff" }));
    put("prices", "p4", price("a", "100", { kind: "promotion", validFrom: "2026-12-01T00:00", validUntil: "2026-12-02T00:00" }));
    const [member, gone] = ["m".repeat(22), "g".repeat(22)];
    put("members", member, { customerGroup: "staff", state: "active" });
    put("members", gone, { customerGroup: "staff", state: "left" });
    const amount = async (query: string): Promise<string> => (await till.ask(`/v1/prices?itemId=a${query}`)).body.price.amount;
    expect(await amount("")).toBe("200");
    expect(await amount("&quantity=9.999")).toBe("200");
    expect(await amount("&quantity=10")).toBe("180");
    expect(await amount(`&memberRef=${member}`)).toBe("150");
    expect(await amount(`&memberRef=${gone}`)).toBe("200");
    expect(await amount("&at=2026-12-01T00:00")).toBe("100");
    expect(await amount("&at=2026-12-02T00:00")).toBe("200");
    const promoted = (await till.ask(`/v1/prices?itemId=a&at=2026-12-01T00:00&memberRef=${member}`)).body;
    expect([promoted.price.id, promoted.regular.id]).toEqual(["p4", "p3"]);
    // By the store's own clock: in Tokyo it is tomorrow already.
    till.folder.wallMs = Date.parse("2026-11-30T15:00:00Z");
    expect(await amount("")).toBe("100");
    till.folder.wallMs -= 60_000;
    expect(await amount("")).toBe("200");
  });

  test("that are not there are told apart: no such code, none in force, and what is no question", async () => {
    put("prices", "p1", price("a", "100", { validFrom: "2026-12-01T00:00" }));
    expect(refusal(await till.ask("/v1/prices?gtin=40063813"))).toEqual([404, "reference.not-here"]);
    expect(refusal(await till.ask("/v1/prices?itemId=a&at=2026-11-30T23:59"))).toEqual([404, "reference.no-price"]);
    for (const query of [
      "",
      "itemId=a&gtin=40063813",
      "gtin=1",
      "gtin=abc",
      "itemId=a&at=tomorrow",
      "itemId=a&at=2026-02-30T00:00",
      "itemId=a&quantity=-1",
      "itemId=a&quantity=0",
      "itemId=a&memberRef=4711",
      "itemId=a&itemId=b",
      "itemId=a&x=1",
    ])
      expect(refusal(await till.ask(`/v1/prices?${query}`))).toEqual([400, "intake.invalid"]);
  });
});

test("a store's clock is its zone's, through the change of the clocks, and this machine's where no zone is known", () => {
  expect(timeIn(Date.parse("2026-03-29T00:59:00Z"), "Europe/Berlin")).toBe("2026-03-29T01:59");
  expect(timeIn(Date.parse("2026-03-29T01:00:00Z"), "Europe/Berlin")).toBe("2026-03-29T03:00");
  expect(timeIn(Date.parse("2026-12-31T23:00:00Z"), "Europe/Berlin")).toBe("2027-01-01T00:00");
  expect(timeIn(0, undefined)).toMatch(/^19(69-12-31|70-01-01)T\d\d:\d\d$/);
});

describe("products and stock", () => {
  test("with this terminal's own movements in the stock", async () => {
    put("products", "a/1 ü", { gtins: [], description: "Odd number", uom: "EA", status: "active" });
    put("stock", "S1:a/1 ü", { storeId: STORE, itemId: "a/1 ü", uom: "EA", onHand: "12", reserved: "2", included: {} });
    const id = encodeURIComponent("a/1 ü");
    expect((await till.ask(`/v1/products?itemId=${id}`)).body).toMatchObject({
      product: { id: "a/1 ü", description: "Odd number" },
      line: "up",
    });
    expect((await till.ask(`/v1/stock?itemId=${id}`)).body).toMatchObject({
      stock: { onHand: "12", reserved: "2", cloudOnHand: "12", ownMovements: 0 },
    });
    expect(refusal(await till.ask("/v1/products?itemId=b"))).toEqual([404, "reference.not-here"]);
    expect(refusal(await till.ask("/v1/stock?itemId=b"))).toEqual([404, "reference.not-here"]);
  });
});

describe("members and gift cards", () => {
  const NUMBER = "2610 0000 4711";
  const memberRef = pseudonymise(retailerPseudonymKey(PSEUDONYM_KEY), "member", NUMBER);
  const identify = (path: string, number: string): Promise<Answer> =>
    till.ask(path, { method: "POST", body: JSON.stringify({ number }), headers: { "content-type": "application/json" } });

  test("are found by a number that stays nowhere, and by pseudonym from then on", async () => {
    put("members", memberRef, { tier: "gold", points: 120, state: "active", sealed: "a.b.c.d.e" });
    const first = await identify("/v1/members/identify", NUMBER);
    expect(first).toMatchObject({
      status: 200,
      body: { memberRef, member: { id: memberRef, points: 120 }, spendableHere: { available: "0" } },
    });
    expect(first.body.member).not.toHaveProperty("sealed");
    expect((await identify("/v1/members/identify", "261000004711")).body.memberRef).toBe(memberRef);
    expect((await till.ask(`/v1/members/${memberRef}`)).body.member).toEqual(first.body.member);
    const kept = [till.folder.store.db, till.reference.file.db].map((db) => db.serialize().toString("latin1")).join("");
    for (const text of [kept, JSON.stringify(till.logged)]) {
      expect(text).not.toContain(NUMBER);
      expect(text).not.toContain("261000004711");
    }
  });

  test("that are unknown still get their pseudonym, which a sale may name; by pseudonym they are 404", async () => {
    const unknown = await identify("/v1/members/identify", "999");
    expect(unknown.body).toMatchObject({ member: null });
    expect(refusal(await till.ask(`/v1/members/${unknown.body.memberRef}`))).toEqual([404, "reference.not-here"]);
    const card = await identify("/v1/giftcards/identify", "999");
    expect(card.body.cardRef).not.toBe(unknown.body.memberRef);
    expect(refusal(await till.ask(`/v1/giftcards/${card.body.cardRef}`))).toEqual([404, "reference.not-here"]);
    expect(refusal(await till.ask("/v1/members/261000004711"))).toEqual([400, "intake.invalid"]);
    for (const body of ["{}", '{"number":7}', '{"number":""}', '{"number":"1","name":"x"}', "[]", "7", ""])
      expect(
        (await till.ask("/v1/members/identify", { method: "POST", body, headers: { "content-type": "application/json" } })).status,
      ).toBe(400);
  });

  test("a gift card with what this terminal may promise of it", async () => {
    const { cardRef } = (await identify("/v1/giftcards/identify", "7001 0001")).body;
    put("giftcards", cardRef, { currency: "EUR", exponent: 2, balance: "5000", lastDigits: "0001", state: "active" });
    expect((await till.ask(`/v1/giftcards/${cardRef}`)).body).toMatchObject({
      giftCard: { balance: "5000" },
      spendableHere: { available: "0", reserved: "0", unit: null },
    });
  });
});

describe("redemptions", () => {
  const account = { kind: "giftCard", id: "c".repeat(22) };
  const send = (path: string, body?: object): Promise<Answer> =>
    till.ask(path, {
      method: "POST",
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    });
  const reserve = (redemptionId: string, amount: string): Promise<Answer> =>
    send("/v1/redemptions", { redemptionId, account, amount, unit: "EUR" });

  beforeEach(async () => {
    // The cloud holds this journal: what it granted is ours.
    await till.post(saleLine({ sequence: 1 }));
    saveAcked(till.folder.store, "cloud", 1, { seq: seq(1), hash: toHex(till.folder.store.end.hash) });
    const quota = { terminalId: "till-1", epoch: 1, account, granted: "5000", unit: "EUR" };
    till.redemptions.takeQuotas([{ id: "till-1:1:giftCard", ...quota, schemaVersion: 1, version: 1, _deleted: false }]);
  });

  test("are reserved, used up or taken back, and each call may be repeated", async () => {
    for (const _ of [1, 2])
      expect(await reserve("r1", "3000")).toMatchObject({
        status: 200,
        body: { kind: "reserved", amount: "3000", policy: "leased", atRisk: "0" },
      });
    expect((await till.ask("/v1/redemptions")).body.open).toMatchObject([{ redemptionId: "r1" }]);
    for (const _ of [1, 2])
      expect(await send("/v1/redemptions/r1/commit", { saleRef: "17/3/1" })).toMatchObject({ status: 200, body: { kind: "committed" } });
    expect((await till.ask("/v1/redemptions/r1")).body).toMatchObject({ kind: "committed", amount: "3000" });
    expect(refusal(await send("/v1/redemptions/r1/cancel"))).toEqual([409, "quota.committed"]);
    await reserve("r2", "2000");
    for (const _ of [1, 2]) expect(await send("/v1/redemptions/r2/cancel")).toMatchObject({ status: 200, body: { kind: "cancelled" } });
    expect(refusal(await send("/v1/redemptions/r2/commit"))).toEqual([409, "quota.cancelled"]);
    expect(refusal(await reserve("r2", "2000"))).toEqual([409, "quota.cancelled"]);
    expect((await till.ask("/v1/redemptions/r2")).body).toEqual({ kind: "cancelled", redemptionId: "r2" });
  });

  test("that are not covered are no 200, and say what is", async () => {
    await reserve("r1", "4000");
    const declined = await reserve("r2", "1001");
    expect(declined).toMatchObject({
      status: 409,
      body: { error: { code: "quota.declined" }, declined: { reason: "short", available: "1000", cloud: "offline" } },
    });
    expect((await reserve("r3", "1000")).status).toBe(200);
  });

  test("that cannot be are told by their code", async () => {
    await reserve("r1", "1000");
    expect(refusal(await reserve("r1", "999"))).toEqual([409, "quota.redemption-differs"]);
    expect(refusal(await send("/v1/redemptions/none/commit"))).toEqual([404, "quota.redemption-unknown"]);
    expect(refusal(await till.ask("/v1/redemptions/none"))).toEqual([404, "quota.redemption-unknown"]);
    for (const amount of ["0", "-1", "1.5", "x"]) expect(refusal(await reserve("r9", amount))).toEqual([400, "intake.invalid"]);
    expect(refusal(await send("/v1/redemptions/r1/commit", { price: 1 }))).toEqual([400, "intake.invalid"]);
  });

  test("come back and are paid in", async () => {
    await reserve("r1", "3000");
    await send("/v1/redemptions/r1/commit");
    expect(await send("/v1/refunds", { redemptionId: "f1", of: "r1", account, amount: "3000", unit: "EUR" })).toMatchObject({
      status: 200,
      body: { kind: "committed" },
    });
    expect(refusal(await send("/v1/refunds", { redemptionId: "f2", of: "r1", account, amount: "1", unit: "EUR" }))).toEqual([
      409,
      "quota.refund-too-large",
    ]);
    expect(await send("/v1/top-ups", { redemptionId: "t1", account, amount: "1000", unit: "EUR" })).toMatchObject({
      status: 200,
      body: { kind: "committed" },
    });
  });

  test("are told by no transaction: who posts one is not believed", async () => {
    const forged = {
      transactionType: "StoredValue",
      schemaVersion: 1,
      status: "completed",
      identity: { store: "S1", workstation: "1", businessDay: "2026-03-02", sequence: "1" },
      storedValue: { kind: "toppedUp", account, amount: "100000", unit: "EUR", redemptionId: "x", epoch: 1 },
    };
    expect((await till.post(JSON.stringify(forged))).body.results).toMatchObject([
      { result: "set-aside", code: "capture.field-invalid", detail: expect.stringContaining("/v1/redemptions") },
    ]);
  });
});

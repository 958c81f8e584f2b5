import { TillsyncError } from "@tillsync/sync-protocol";
import { expect, test } from "vitest";
import { mayDelete } from "./deletion-limit.ts";
import { checkFeed } from "./feed-file.ts";
import { feedKindOf } from "./registry.ts";

const TRYTON = { name: "erp", kind: "tryton", url: "https://erp.example.com", database: "erp", user: "u", password: "top secret" };
const VENDURE = {
  name: "web",
  kind: "vendure",
  url: "https://shop.example.com/admin-api",
  secret: "key:top-secret",
  stores: { pickup: "S1" },
};

const refusal = (file: object): string => {
  try {
    checkFeed(file as Record<string, unknown>);
    return "taken";
  } catch (error) {
    if (!(error instanceof TillsyncError)) throw error;
    expect(error.code).toBe("feed.config-invalid");
    return error.detail ?? "";
  }
};

test("takes files of both kinds, with what they leave out filled in", () => {
  expect(checkFeed(TRYTON)).toMatchObject({ common: { pollMs: 60_000, fullMs: 86_400_000 }, own: { scope: "all", units: { u: "EA" } } });
  expect(checkFeed(VENDURE).own).toMatchObject({ storeBy: { by: "shippingMethod" } });
});

test.each([
  ["an unknown kind", { ...TRYTON, kind: "sap" }, "kind: one of tryton, vendure"],
  ["a field that nobody knows", { ...TRYTON, colour: "red" }, "colour"],
  ["plain http on the Internet", { ...TRYTON, url: "http://erp.example.com" }, "allowPrivateNetwork"],
  ["two prices for one scope", { ...TRYTON, prices: [1, 2].map(() => ({ scope: "all", currency: "EUR" })) }, "one price for a scope"],
  [
    "two locations for one store",
    { ...TRYTON, stock: ["A", "B"].map((location) => ({ store: "S1", location })) },
    "one location for a store",
  ],
  ["a currency that is none", { ...TRYTON, prices: [{ scope: "all", currency: "XXX" }] }, "currency"],
  ["a custom field that is more than a name", { ...VENDURE, pickupCodeField: "code } } }" }, "name of a custom field"],
  ["a notice secret that is short", { ...VENDURE, noticeSecret: "whsec_c2hvcnQ=" }, "noticeSecret"],
  ["a poll more often than every second", { ...VENDURE, pollMs: 999 }, "pollMs"],
])("refuses %s, and repeats no secret", (_what, file, said) => {
  expect(refusal(file)).toContain(said);
  expect(refusal(file)).not.toContain('secret"');
  expect(refusal(file)).not.toContain("top");
});

test("a private address is refused unless it is meant", () => {
  const { own, common } = checkFeed({ ...TRYTON, url: "https://10.0.0.1" });
  expect(() => feedKindOf(common.kind).check(own)).toThrow(expect.objectContaining({ code: "destination.address-refused" }) as Error);
});

test("as many deletions as the limit, and not one more", () => {
  const { common } = checkFeed(TRYTON);
  const may = (deleted: number, known: number, more: object = {}): boolean =>
    mayDelete(common, { deleted, known, empty: false, allowed: false, ...more });
  expect([may(0, 0), may(10, 12), may(11, 12), may(200, 1_000), may(201, 1_000)]).toEqual([true, true, false, true, false]);
  expect([may(1, 1_000, { empty: true }), may(1_000, 1_000, { empty: true, allowed: true })]).toEqual([false, true]);
});

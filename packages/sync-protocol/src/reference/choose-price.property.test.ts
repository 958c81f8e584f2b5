import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { terminalId, storeId } from "../ids.ts";
import type { Decimal } from "../money/amount.ts";
import { choosePrice, type PriceQuestion, type ScopedPrice } from "./choose-price.ts";
import { documentSchemas } from "./collection.ts";
import { storeTimeSchema } from "./documents/common.ts";
import { ALL, storeScope, terminalScope, type Scope } from "./scope.ts";

const STORE = storeScope(storeId("S1"));
const TILL = terminalScope(terminalId("till-1"));
let made = 0;
const price = (amount: string, more: object = {}, scope: Scope = ALL): ScopedPrice => ({
  scope,
  price: documentSchemas.prices.parse({ id: `p${(made += 1)}`, itemId: "apple", currency: "EUR", exponent: 2, amount, ...more }),
});
const at = (text: string) => storeTimeSchema.parse(text);
const question: PriceQuestion = { itemId: "apple", currency: "EUR", at: at("2026-12-01T10:00"), quantity: "1" as Decimal, uom: "EA" };
const amountOf = (prices: readonly ScopedPrice[], more: Partial<PriceQuestion> = {}): string => {
  const chosen = choosePrice(prices, { ...question, ...more });
  return chosen.kind === "price" ? chosen.price.amount : chosen.kind;
};

describe("the price of an item", () => {
  test.each<[string, readonly ScopedPrice[], Partial<PriceQuestion>, string]>([
    ["none", [], {}, "no-price"],
    [
      "another item's, currency's or unit's is none",
      [price("1", { itemId: "pear" }), price("1", { currency: "USD" }), price("1", { uom: "KG" })],
      {},
      "no-price",
    ],
    ["begins at its first minute", [price("1", { validFrom: "2026-12-01T10:00" })], {}, "1"],
    ["has ended at its last", [price("1", { validUntil: "2026-12-01T10:00" })], {}, "no-price"],
    ["the store's before the chain's, also when it is higher", [price("100"), price("120", {}, STORE)], {}, "120"],
    ["the till's before the store's", [price("120", {}, STORE), price("130", {}, TILL)], {}, "130"],
    [
      "the one that began last replaces the one before, which has no end",
      [price("100"), price("120", { validFrom: "2026-11-30T00:00" })],
      {},
      "120",
    ],
    ["a group's price is the group's alone", [price("100"), price("90", { customerGroup: "club" })], {}, "100"],
    ["the better of the group's and everyone's", [price("100"), price("90", { customerGroup: "club" })], { customerGroup: "club" }, "90"],
    ["a dearer group's price does no harm", [price("100"), price("110", { customerGroup: "club" })], { customerGroup: "club" }, "100"],
    [
      "a quantity's price from that quantity on",
      [price("100"), price("80", { minimumQuantity: "10" })],
      { quantity: "10.0" as Decimal },
      "80",
    ],
    ["and not below it", [price("100"), price("80", { minimumQuantity: "10" })], { quantity: "9.999" as Decimal }, "100"],
    ["a promotion below the regular price", [price("100"), price("70", { kind: "promotion", promotionId: "x" })], {}, "70"],
    ["not one above it", [price("100"), price("110", { kind: "promotion" })], {}, "100"],
    [
      "the store's state of a promotion replaces the chain's",
      [price("100"), price("70", { kind: "promotion", promotionId: "x" }), price("80", { kind: "promotion", promotionId: "x" }, STORE)],
      {},
      "80",
    ],
    ["a promotion without a regular price", [price("70", { kind: "promotion" })], {}, "70"],
    [
      "quantities that are written differently are one price's",
      [price("80", { minimumQuantity: "1.0" }), price("90", { minimumQuantity: "1" }, STORE)],
      {},
      "90",
    ],
  ])("%s", (_what, prices, more, amount) => expect(amountOf(prices, more)).toBe(amount));

  test("is told with the regular price and the promotion", () => {
    const [regular, promotion] = [price("100"), price("70", { kind: "promotion", promotionId: "x" })];
    expect(choosePrice([promotion, regular], question)).toEqual({
      kind: "price",
      price: promotion.price,
      regular: regular.price,
      promotion: promotion.price,
    });
  });
});

const candidates = fc
  .array(
    fc.record({
      amount: fc.constantFrom("90", "100", "110"),
      kind: fc.constantFrom("regular", "promotion"),
      customerGroup: fc.constantFrom(undefined, "club"),
      minimumQuantity: fc.constantFrom(undefined, "1", "1.0", "5"),
      validFrom: fc.constantFrom(undefined, "2026-11-01T00:00", "2026-11-02T00:00"),
      scope: fc.constantFrom(ALL, STORE, TILL),
    }),
    { maxLength: 12 },
  )
  .map((list) =>
    list.map(({ scope, amount, ...more }, i) =>
      price(amount, { ...(JSON.parse(JSON.stringify(more)) as object), id: `p${String(i % 9)}` }, scope),
    ),
  );
const asked = fc.record({
  customerGroup: fc.constantFrom(undefined, "club"),
  quantity: fc.constantFrom("1", "5") as fc.Arbitrary<Decimal>,
});

describe("whatever order prices come in", () => {
  const chosen = (list: readonly ScopedPrice[], more: Partial<PriceQuestion>): string =>
    JSON.stringify(choosePrice(list, { ...question, ...more }));
  const shuffle = (list: readonly ScopedPrice[], dice: fc.Stream<number>): ScopedPrice[] =>
    list
      .map((one) => ({ one, by: dice.next().value as number }))
      .toSorted((a, b) => a.by - b.by)
      .map(({ one }) => one);

  test("the same amount is chosen, also when some come twice", () => {
    fc.assert(
      fc.property(candidates, asked, fc.infiniteStream(fc.nat()), (list, more, dice) => {
        const unique = [...new Map(list.map((one) => [one.price.id, one])).values()];
        expect(chosen(shuffle([...unique, ...unique], dice), more)).toBe(chosen(unique, more));
      }),
    );
  });

  test("control: the first that applies is noticed", () => {
    const first = (list: readonly ScopedPrice[], more: Partial<PriceQuestion>): string =>
      list.find((one) => amountOf([one], more) !== "no-price")?.price.id ?? "";
    expect(
      fc.check(
        fc.property(
          candidates,
          asked,
          fc.infiniteStream(fc.nat()),
          (list, more, dice) => first(list, more) === first(shuffle(list, dice), more),
        ),
      ).failed,
    ).toBe(true);
  });
});

import { transactionSchema } from "@tillsync/sync-protocol";
import { describe, expect, test } from "vitest";
import { emptyMapping } from "../mapping/mapping.ts";
import { mapDocuments, mapItem } from "./map.ts";
import type { MappedDocument, MappedSale } from "./mapped.ts";
import { earlierOf, itemOf, makeConfig, makeReceipt, mixedSale } from "./testing/make-receipt.ts";

const config = makeConfig();
function documentsOf(...args: Parameters<typeof itemOf>): readonly MappedDocument[] {
  const mapped = mapDocuments(itemOf(...args), config);
  if (mapped.kind !== "documents") throw new Error(JSON.stringify(mapped));
  return mapped.documents;
}
const saleOf = (...args: Parameters<typeof itemOf>): MappedSale => documentsOf(...args)[0] as MappedSale;

describe("a sale", () => {
  test("has net prices of four decimals, taxes by rate, and payments with the change off", () => {
    const sale = saleOf(
      makeReceipt(
        [
          { item: "milk", quantity: "3", amount: "387", rate: "7", tax: "25" },
          { item: "pan", amount: "2995", rate: "19", tax: "478" },
        ],
        [{ amount: "4000" }, { use: "change", amount: "-618" }],
      ),
    );
    expect(sale.lines.map(({ product, quantity, unitPrice, taxes }) => [product, quantity, unitPrice, taxes])).toEqual([
      ["milk", "3", "1.2067", ["VAT 7"]],
      ["pan", "1", "25.1700", ["VAT 19"]],
    ]);
    expect(sale).toMatchObject({
      total: "3382",
      payments: [{ method: "Cash", amount: "3382" }],
      warehouse: "S1",
      customer: "WALK-IN",
      day: "2026-11-20",
    });
  });

  test("spreads a discount on the whole receipt over its lines, and takes the tax out of what is left", () => {
    const [milk, pan] = saleOf(mixedSale()).lines;
    // 200 of 3382 in proportion: 23 off the milk (364 with 7 %), 177 off the pan (2818 with 19 %).
    expect(milk?.unitPrice).toBe("1.1333");
    expect(pan?.unitPrice).toBe("23.6800");
  });

  test("with tax on top keeps the line's amount as its net", () => {
    const sale = saleOf(makeReceipt([{ amount: "1000", rate: "19", tax: "190", exclusive: true }], [{ amount: "1190" }]));
    expect(sale.lines[0]).toMatchObject({ unitPrice: "10.0000", taxes: ["VAT 19"] });
    expect(sale.total).toBe("1190");
  });

  test("leaves out lines that were voided at the till, with their voids", () => {
    const sale = saleOf(
      makeReceipt(
        [
          { amount: "100" },
          { item: "pan", amount: "500" },
          { item: "pan", quantity: "-1", amount: "-500", extra: { action: "void", voidsLine: 2 } },
        ],
        [{ amount: "100" }],
      ),
    );
    expect(sale.lines.map(({ product }) => product)).toEqual(["milk"]);
  });

  test("weighed goods keep their weight, and their price is by the kilogram", () => {
    const sale = saleOf(
      makeReceipt([{ item: "screws", quantity: "0.842", uom: "KGM", amount: "1006", rate: "19", tax: "161" }], [{ amount: "1006" }]),
    );
    expect(sale.lines[0]).toMatchObject({ quantity: "0.842", unit: "kg", unitPrice: "10.0356" });
  });

  test("money without goods is one of it; cash rounding is a line of its own", () => {
    const sale = saleOf(
      makeReceipt([{ quantity: "0", amount: "102" }], [{ amount: "100" }], { rounding: { amount: "-2", basis: "cashTender" } }),
    );
    expect(sale.lines.map(({ product, quantity, unitPrice }) => [product, quantity, unitPrice])).toEqual([
      ["milk", "1", "1.0200"],
      ["ROUNDING", "1", "-0.02"],
    ]);
    expect(sale.total).toBe("100");
  });

  test("a tip is no part of what the goods cost", () => {
    expect(saleOf(makeReceipt([{ amount: "1000" }], [{ type: "card", amount: "1100", tip: "100" }])).payments).toEqual([
      { method: "Card", amount: "1000" },
    ]);
  });

  test("an exchange has lines both ways, and names the receipt that its return is of", () => {
    const returnOf = { store: "9", workstation: "31", businessDay: "2026-11-19", sequence: "7" };
    const sale = saleOf(
      makeReceipt(
        [
          { quantity: "-1", amount: "-387", extra: { returnOf } },
          { item: "pan", amount: "2995" },
        ],
        [{ amount: "2608" }],
      ),
    );
    expect(sale.returnsOf).toBe("9/31/2026-11-19/7");
    expect(sale.lines.map(({ quantity }) => quantity)).toEqual(["-1", "1"]);
  });
});

describe("what is taken back", () => {
  test("a revision turns every sign of the one before, under its reference, and posts itself", () => {
    const first = itemOf(mixedSale());
    const [reversal, post] = documentsOf(makeReceipt([{ amount: "100" }], [{ amount: "100" }]), {
      revision: 2,
      previous: earlierOf(first),
    }) as MappedSale[];
    expect(reversal).toMatchObject({ reference: `${first.identity}-r`, reverses: first.identity, total: "-3182" });
    expect(reversal?.lines.map(({ quantity }) => quantity)).toEqual(["-3", "-1"]);
    expect(reversal?.payments).toEqual([
      { method: "Card", amount: "-2000" },
      { method: "Cash", amount: "-1182" },
    ]);
    expect(post).toMatchObject({ reverses: undefined, total: "100" });
  });

  test("a post-void reverses what it voids and is nothing by itself", () => {
    const first = itemOf(mixedSale());
    const voiding = makeReceipt(
      [{ quantity: "-1", amount: "-3182" }],
      [{ amount: "-3182" }],
      { status: "postVoided", voids: first.transaction.identity },
      "2",
    );
    expect(documentsOf(voiding, { voided: earlierOf(first) }).map(({ reference }) => reference)).toEqual([`${first.identity}-r`]);
    expect(mapDocuments(itemOf(voiding), config)).toMatchObject({ kind: "nothing" });
  });
});

describe("what cannot be mapped", () => {
  test("every missing code is named at once, and nothing else is said", () => {
    expect(mapItem(itemOf(mixedSale()), { ...config, mapping: emptyMapping })).toEqual({
      kind: "mapping-missing",
      missing: [
        { table: "tenders", code: "card" },
        { table: "tenders", code: "cash" },
        { table: "stores", code: "9" },
        { table: "customers", code: "none" },
        { table: "accounts", code: "rounding" },
        { table: "taxes", code: "7" },
        { table: "taxes", code: "19" },
      ],
    });
  });

  test("tenders that are not the total are for a person", () => {
    expect(mapDocuments(itemOf(makeReceipt([{ amount: "100" }], [{ amount: "90" }])), config)).toMatchObject({ kind: "rejected" });
  });

  test("taxes of several rates for the whole receipt alone are for a person; of one rate they are every line's", () => {
    const tax = (rate: string, amount: string) => ({ rate, amount, includedInPrice: true });
    const two = makeReceipt([{ amount: "107" }, { amount: "119" }], [{ amount: "226" }], { taxes: [tax("7", "7"), tax("19", "19")] });
    expect(mapDocuments(itemOf(two), config)).toMatchObject({ kind: "rejected" });
    const one = saleOf(makeReceipt([{ amount: "119" }, { amount: "238" }], [{ amount: "357" }], { taxes: [tax("19", "57")] }));
    expect(one.lines.map(({ unitPrice, taxes }) => [unitPrice, taxes])).toEqual([
      ["1.0000", ["VAT 19"]],
      ["2.0000", ["VAT 19"]],
    ]);
  });
});

describe("goods that move without a sale", () => {
  const inventory = (kind: string, items: readonly (readonly [string, string])[], sequence = "1") =>
    transactionSchema.parse({
      schemaVersion: 1,
      transactionType: "Inventory",
      identity: { store: "9", workstation: "31", businessDay: "2026-11-20", sequence },
      status: "completed",
      inventory: { kind, items: items.map(([itemId, value]) => ({ itemId, quantity: { value, uom: "EA" } })) },
    });

  test("a count is Tryton's inventory; an adjustment is one shipment for each direction", () => {
    expect(documentsOf(inventory("count", [["milk", "17"]]))).toMatchObject([
      { document: "count", goods: [{ product: "milk", quantity: "17" }] },
    ]);
    const moves = documentsOf(
      inventory("adjustment", [
        ["milk", "-2"],
        ["pan", "1"],
      ]),
    );
    expect(moves).toMatchObject([
      { document: "movement", direction: "out", goods: [{ product: "milk", quantity: "2" }] },
      { document: "movement", direction: "in", goods: [{ product: "pan", quantity: "1" }] },
    ]);
    expect(new Set(moves.map(({ reference }) => reference)).size).toBe(2);
  });

  test("receivings are Tryton's own, unless their other end is named", () => {
    const item = itemOf(inventory("receiving", [["milk", "5"]]));
    expect(mapDocuments(item, config)).toMatchObject({ kind: "nothing" });
    expect(mapDocuments(item, makeConfig({ stockLocations: { receiving: "DC" } }))).toMatchObject({
      documents: [{ counterLocation: "DC", direction: "in" }],
    });
  });

  test("a movement that is reported again is moved back first", () => {
    const first = itemOf(inventory("waste", [["milk", "-2"]]));
    const documents = documentsOf(inventory("waste", [["milk", "-3"]]), { revision: 2, previous: earlierOf(first) });
    expect(documents).toMatchObject([
      { reference: `${first.identity}-r`, reverses: first.identity, direction: "in", goods: [{ quantity: "2" }] },
      { direction: "out", goods: [{ quantity: "3" }] },
    ]);
  });
});

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeCatalogue, type CatalogueItem } from "./catalogue.ts";

export interface FeedWish {
  readonly products: number;
  readonly stores: number;
  readonly seed: string;
}

/** Sample feeds of reference data by file name: NDJSON as the cloud takes it, and a price list as spreadsheets write it, with its mapping. */
export function makeFeeds(wish: FeedWish): Readonly<Record<string, Buffer>> {
  const items = makeCatalogue(wish.products, wish.seed);
  const stores = Array.from({ length: wish.stores }, (_, i) => `S${String(i + 1).padStart(3, "0")}`);
  return {
    "stores.ndjson": ndjson(
      stores.map((id, i) => ({ id, scope: "all", name: `Filiale ${i + 1}`, timeZone: "Europe/Berlin", currency: "EUR" })),
    ),
    "products.ndjson": ndjson(items.map(productRow)),
    "prices.csv": priceList(items),
    "prices.mapping.json": Buffer.from(`${JSON.stringify(PRICE_MAPPING, undefined, 2)}\n`),
  };
}

export function writeFeeds(folder: string, wish: FeedWish): Readonly<Record<string, number>> {
  mkdirSync(folder, { recursive: true });
  const feeds = Object.entries(makeFeeds(wish));
  for (const [name, bytes] of feeds) writeFileSync(join(folder, name), bytes);
  return Object.fromEntries(feeds.map(([name, bytes]) => [name, bytes.length]));
}

const ndjson = (rows: readonly object[]): Buffer => Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join(""));

const productRow = ({ id, gtin, description, department, weighed, variantOf, components }: CatalogueItem): object => ({
  id,
  gtins: [gtin],
  description,
  department,
  ...(weighed ? { weighed, uom: "KGM" } : {}),
  ...(variantOf === undefined ? {} : { variantOf }),
  ...(components === undefined ? {} : { components }),
});

/** `;`, decimal commas, days first, windows-1252: what a spreadsheet in German writes. */
function priceList(items: readonly CatalogueItem[]): Buffer {
  const lines = ["Artikel;Bezeichnung;Art;Preis;Gültig ab;Gültig bis"];
  for (const { id, description, cents, offerCents } of items) {
    lines.push([id, description, "regular", comma(cents), "", ""].join(";"));
    if (offerCents !== undefined) lines.push([id, description, "promotion", comma(offerCents), "30.11.2026", "06.12.2026"].join(";"));
  }
  return Buffer.from(`${lines.join("\r\n")}\r\n`, "latin1");
}

const comma = (cents: number): string => `${Math.floor(cents / 100)},${String(cents % 100).padStart(2, "0")}`;

const PRICE_MAPPING = {
  delimiter: ";",
  encoding: "windows-1252",
  fields: {
    id: { columns: ["Artikel", "Art"], joinWith: ":" },
    itemId: { columns: ["Artikel"] },
    kind: { columns: ["Art"] },
    currency: { value: "EUR" },
    exponent: { value: 2 },
    amount: { columns: ["Preis"], as: { type: "amount", exponent: 2, decimal: ",", group: "." } },
    validFrom: { columns: ["Gültig ab"], as: { type: "date", format: "DD.MM.YYYY" } },
    validUntil: { columns: ["Gültig bis"], as: { type: "date", format: "DD.MM.YYYY", plusDays: 1 } },
  },
};

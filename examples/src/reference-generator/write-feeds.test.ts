import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { makeCatalogue } from "./catalogue.ts";
import { makeFeeds } from "./write-feeds.ts";

test("the samples in examples/reference are what the generator writes for 20 products of 2 stores", () => {
  for (const [name, bytes] of Object.entries(makeFeeds({ products: 20, stores: 2, seed: "1" }))) {
    const sample = readFileSync(new URL(`../../reference/${name}`, import.meta.url));
    // The formatter of the repository breaks the lines of JSON files as it likes.
    if (name.endsWith(".json")) expect(JSON.parse(sample.toString())).toEqual(JSON.parse(bytes.toString()));
    else expect(sample.equals(bytes), name).toBe(true);
  }
});

test("a catalogue refers only to what it has, and its numbers are good", () => {
  const items = makeCatalogue(500, "another");
  const ids = new Set(items.map((item) => item.id));
  expect(ids.size).toBe(500);
  for (const item of items) {
    for (const other of [item.variantOf ?? item.id, ...(item.components ?? []).map((part) => part.itemId)])
      expect(ids.has(other)).toBe(true);
    const sum = Array.from(item.gtin.slice(0, -1)).reduce((total, digit, at) => total + Number(digit) * (at % 2 === 0 ? 3 : 1), 0);
    expect((sum + Number(item.gtin.at(-1))) % 10).toBe(0);
    expect(item.offerCents ?? 1).toBeGreaterThan(0);
    expect(item.offerCents ?? 0).toBeLessThan(item.cents);
  }
});

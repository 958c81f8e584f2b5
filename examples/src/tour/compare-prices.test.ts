import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Agent } from "./agent.ts";
import type { Cloud } from "./cloud.ts";
import { comparePrices } from "./compare-prices.ts";
import { digestPrices, type ListedPrice } from "./digest-prices.ts";
import { emptyView } from "./view.ts";

const ROWS: ListedPrice[] = [
  { id: "2:regular", scope: "all", itemId: "2", amount: "80" },
  { id: "1:regular", scope: "all", itemId: "1", amount: "150" },
];
const CHANGED = { id: "1:regular", version: 2, schemaVersion: 1 };
const GOOD = { digest: digestPrices(ROWS, CHANGED), amount: "150", currency: "EUR" };
type Answers = typeof GOOD;

async function same(first: Answers, second: Answers, rows = ROWS): Promise<boolean | undefined> {
  const view = emptyView();
  view.prices = { listed: 2, change: { item: "1", amount: "150", currency: "EUR", text: "1.50 EUR" }, same: undefined };
  const agents = [first, second].map(({ digest, amount, currency }) => ({
    priceDigest: async () => digest,
    price: async () => ({ amount, currency }),
  }));
  const cloud: Pick<Cloud, "prices"> = { prices: async () => ({ rows, changed: CHANGED }) };
  await comparePrices(view, cloud as Cloud, agents as unknown as Agent[]);
  return view.prices.same;
}

describe("the comparison of prices", () => {
  it("digests the cloud's list as a till does its own: by id, fields by name, without the scope", () => {
    const lines = [
      'prices {"_deleted":false,"amount":"150","id":"1:regular","itemId":"1","schemaVersion":1,"version":2}',
      'prices {"_deleted":false,"amount":"80","id":"2:regular","itemId":"2","schemaVersion":1,"version":1}',
    ];
    expect(GOOD.digest).toBe(
      createHash("sha256")
        .update(lines.map((line) => `${line}\n`).join(""))
        .digest("hex"),
    );
  });

  it("is content when both tills have what the cloud lists", async () => {
    expect(await same(GOOD, GOOD)).toBe(true);
  });

  it.each<[string, Partial<Answers>]>([
    ["another list", { digest: digestPrices(ROWS, { ...CHANGED, version: 1 }) }],
    ["the old price", { amount: "50" }],
    ["another currency", { currency: "USD" }],
  ])("notices %s at one till", async (_what, spoilt) => {
    expect(await same(GOOD, { ...GOOD, ...spoilt })).toBe(false);
    expect(await same({ ...GOOD, ...spoilt }, GOOD)).toBe(false);
  });

  it("notices a price that the cloud has lost, even when both tills agree with it", async () => {
    const rows = ROWS.slice(1);
    const less = { ...GOOD, digest: digestPrices(rows, CHANGED) };
    expect(await same(less, less, rows)).toBe(false);
  });
});

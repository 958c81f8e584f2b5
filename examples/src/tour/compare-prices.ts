import type { Agent } from "./agent.ts";
import type { Cloud } from "./cloud.ts";
import { digestPrices } from "./digest-prices.ts";
import type { TourView } from "./view.ts";

/** Holds every price of the tills against the cloud's list, and asks each till what the changed item costs. */
export async function comparePrices(view: TourView, cloud: Cloud, agents: readonly Agent[]): Promise<void> {
  const { prices } = view;
  if (prices?.change === undefined) throw new Error("no price was changed");
  const { item, amount, currency } = prices.change;
  const [{ rows, changed }, ...tills] = await Promise.all([
    cloud.prices(item),
    ...agents.map(async (agent) => ({ digest: await agent.priceDigest(), answer: await agent.price(item) })),
  ]);
  const expected = digestPrices(rows, changed);
  prices.same =
    rows.length === prices.listed &&
    tills.length > 0 &&
    tills.every(({ digest, answer }) => digest === expected && answer.amount === amount && answer.currency === currency);
}

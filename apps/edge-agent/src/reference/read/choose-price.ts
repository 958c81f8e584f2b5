import type { Price } from "@tillsync/sync-protocol";

interface Circumstances {
  readonly at: string;
  readonly group?: string | undefined;
  readonly quantity?: string | undefined;
}

/** The price in force: a promotion before a regular price, a group's before everyone's, then the lowest. */
export function choosePrice(prices: readonly Price[], { at, group, quantity = "1" }: Circumstances): Price | undefined {
  const inForce = prices.filter(
    (price) =>
      (price.validFrom === undefined || price.validFrom <= at) &&
      (price.validUntil === undefined || at < price.validUntil) &&
      (price.customerGroup === undefined || price.customerGroup === group) &&
      (price.minimumQuantity === undefined || Number(price.minimumQuantity) <= Number(quantity)),
  );
  const rank = (price: Price): number => (price.kind === "promotion" ? 2 : 0) + (price.customerGroup === undefined ? 0 : 1);
  return inForce.toSorted((a, b) => rank(b) - rank(a) || Number(a.amount) - Number(b.amount))[0];
}

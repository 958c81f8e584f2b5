import { sum } from "./sale-parts.ts";

/**
 * Spreads what belongs to no line over the lines, by their size, so that they sum to what was paid. Rests of the division
 * go to the first lines. Undefined: a discount greater than everything that was sold.
 */
export function shareExtras(amounts: readonly bigint[], extras: bigint): bigint[] | undefined {
  const total = sum(amounts);
  if (total + extras < 0n || (amounts.length === 0 && extras !== 0n)) return undefined;
  if (total === 0n) return amounts.map((amount, at) => (at === 0 ? amount + extras : amount));
  const shared = amounts.map((amount) => amount + (extras * amount) / total);
  let rest = total + extras - sum(shared);
  return shared.map((amount) => {
    const more = rest > 0n ? rest : amount + rest >= 0n ? rest : -amount;
    rest -= more;
    return amount + more;
  });
}

import { formatAmount, type Amount } from "@tillsync/sync-protocol";

/** `numerator / denominator` to the nearest whole, halves away from zero, as tills round. `denominator` is positive. */
export function divideRounded(numerator: bigint, denominator: bigint): bigint {
  const half = denominator / 2n;
  return numerator < 0n ? -((-numerator + half) / denominator) : (numerator + half) / denominator;
}

/** `1234n` with exponent 2 is `12.34`. */
export const decimal = (minor: bigint, exponent: number): string => formatAmount(minor.toString() as Amount, exponent);

export const sum = (amounts: Iterable<bigint>): bigint => {
  let total = 0n;
  for (const amount of amounts) total += amount;
  return total;
};

/**
 * Splits `amount` over `weights` in proportion, to the last minor unit: what rounding leaves over goes to the largest
 * weights first. Weights must not all be zero.
 */
export function allocate(amount: bigint, weights: readonly bigint[]): bigint[] {
  const total = sum(weights);
  const shares = weights.map((weight) => (amount * weight) / total);
  let rest = amount - sum(shares);
  const step = rest < 0n ? -1n : 1n;
  const byWeight = weights
    .map((weight, at) => ({ weight, at }))
    .toSorted((a, b) => (a.weight < b.weight ? 1 : a.weight > b.weight ? -1 : 0));
  for (let turn = 0; rest !== 0n; turn = (turn + 1) % byWeight.length) {
    const at = byWeight[turn]?.at ?? 0;
    shares[at] = (shares[at] ?? 0n) + step;
    rest -= step;
  }
  return shares;
}

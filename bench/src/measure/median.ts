/** The middle of some numbers; the mean of the middle two when their count is even. Throws on none. */
export function median(numbers: readonly number[]): number {
  return quantile(numbers, 0.5);
}

/** The value below which `share` of the numbers lie, between the neighbours where it falls between two. Throws on none. */
export function quantile(numbers: readonly number[], share: number): number {
  if (numbers.length === 0) throw new Error("a quantile needs at least one number");
  const sorted = numbers.toSorted((a, b) => a - b);
  const at = share * (sorted.length - 1);
  const low = sorted[Math.floor(at)] ?? Number.NaN;
  const high = sorted[Math.ceil(at)] ?? Number.NaN;
  return low + (high - low) * (at - Math.floor(at));
}

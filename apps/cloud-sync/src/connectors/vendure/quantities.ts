const PLACES = 12;
const ONE = 10n ** BigInt(PLACES);

/** `"-0.425"` in steps of 10^-12: exact for every quantity of the model. */
export function toSteps(quantity: string): bigint {
  const [whole = "0", fraction = ""] = quantity.replace("-", "").split(".");
  const steps = BigInt(whole + fraction.padEnd(PLACES, "0"));
  return quantity.startsWith("-") ? -steps : steps;
}

/** Whole units, or undefined for a weight. */
export const wholeUnits = (steps: bigint): bigint | undefined => (steps % ONE === 0n ? steps / ONE : undefined);

/** Decimal text without needless zeros. */
export function formatSteps(steps: bigint): string {
  const digits = (steps < 0n ? -steps : steps).toString().padStart(PLACES + 1, "0");
  const text = `${digits.slice(0, -PLACES)}.${digits.slice(-PLACES)}`.replace(/\.?0+$/, "");
  return steps < 0n ? `-${text}` : text;
}

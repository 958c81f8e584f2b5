import type { Decimal } from "@tillsync/sync-protocol";
import { sum } from "./sale-parts.ts";

/** A part of an amount as whole units at one price in minor units. */
export interface PricedUnits {
  readonly units: number;
  readonly price: bigint;
}

/** Quantity as whole units; a weight, or more than a receipt can hold, is one. */
export const wholeUnits = (quantity: Decimal): number => (/^[1-9]\d{0,8}$/.test(quantity) ? Number(quantity) : 1);

/**
 * An amount at or above zero as whole units times whole minor units, for systems that multiply: 10.00 for three is two at
 * 3.33 and one at 3.34. The parts come to the amount exactly.
 */
export function splitAmount(amount: bigint, units: number): PricedUnits[] {
  const [base, dearer] = [amount / BigInt(units), Number(amount % BigInt(units))];
  const parts = [
    { units: units - dearer, price: base },
    { units: dearer, price: base + 1n },
  ];
  return parts.filter((one) => one.units > 0);
}

/** What priced units come to. */
export const totalOf = (parts: readonly PricedUnits[]): bigint => sum(parts.map(({ units, price }) => BigInt(units) * price));

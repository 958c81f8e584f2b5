import type { PlannedLine } from "./plan.ts";
import { formatSteps, wholeUnits } from "./quantities.ts";

/**
 * An amount as Vendure's whole units times whole minor units: 10.00 for three is one at 3.34 and two at 3.33. A weight is
 * one unit, with what was counted beside it. The parts come to `amount` exactly.
 */
export function splitLine(line: string, sku: string, quantity: bigint, uom: string, amount: bigint): PlannedLine[] {
  const units = wholeUnits(quantity);
  if (units === undefined) return [part(line, sku, 1n, amount, `${formatSteps(quantity)} ${uom}`)];
  const rest = ((amount % units) + units) % units;
  const low = (amount - rest) / units;
  return [...(rest === 0n ? [] : [part(line, sku, rest, low + 1n)]), part(line, sku, units - rest, low)];
}

const part = (line: string, sku: string, quantity: bigint, unitPrice: bigint, counted?: string): PlannedLine => ({
  line,
  sku,
  quantity: Number(quantity),
  unitPrice: Number(unitPrice),
  ...(counted === undefined ? {} : { counted }),
});

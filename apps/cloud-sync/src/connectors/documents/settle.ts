import type { NetTender } from "./net-tenders.ts";
import { sum, type SaleParts } from "./sale-parts.ts";

/** Money of one kind, above zero. */
export interface Flow {
  readonly code: string;
  readonly label: string;
  readonly amount: bigint;
  readonly tip: bigint;
}

/** How a receipt's money settles its two sides: payments sum to what was sold, refunds to what came back. */
export interface Settlement {
  readonly sold: bigint;
  readonly returned: bigint;
  readonly payments: readonly Flow[];
  readonly refunds: readonly Flow[];
}

/** What pays for an exchange's new goods is what its old goods were worth. */
const EXCHANGE: Omit<Flow, "amount"> = { code: "OTHER", label: "exchange", tip: 0n };

/**
 * Undefined for a receipt whose tenders do not sum to its total, or whose discounts exceed its goods: it has no form as
 * orders and refunds, and nothing is invented.
 */
export function settle(parts: SaleParts, tenders: readonly NetTender[]): Settlement | undefined {
  const extras = sum(parts.extras.map(({ amount }) => amount));
  const toSold = parts.sold.length > 0 || parts.returned.length === 0;
  const sold = sum(parts.sold.map(({ gross }) => gross)) + (toSold ? extras : 0n);
  const returned = sum(parts.returned.map(({ gross }) => gross)) - (toSold ? 0n : extras);
  if (sold < 0n || returned < 0n || sum(tenders.map(({ amount }) => amount)) !== sold - returned) return undefined;
  const ins = tenders.filter(({ amount }) => amount > 0n);
  const outs = tenders.filter(({ amount }) => amount < 0n).map((one) => ({ ...one, amount: -one.amount, tip: 0n }));
  const credit = sold - sum(ins.map(({ amount }) => amount));
  if (credit >= 0n) {
    const exchanged = credit === 0n ? [] : [{ ...EXCHANGE, amount: credit }];
    return { sold, returned, payments: [...ins, ...exchanged], refunds: [...outs, ...exchanged] };
  }
  // More came in than was sold, and went out again: cash back on a card.
  return { sold, returned, payments: lessened(ins, -credit), refunds: lessened(outs, -credit) };
}

function lessened(flows: readonly Flow[], surplus: bigint): Flow[] {
  let left = surplus;
  return flows
    .toReversed()
    .map((flow) => {
      const off = flow.amount < left ? flow.amount : left;
      left -= off;
      return { ...flow, amount: flow.amount - off };
    })
    .toReversed()
    .filter(({ amount }) => amount > 0n);
}

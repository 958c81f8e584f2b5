import { decimal } from "./money.ts";
import { counts, type TillTransaction } from "./till-transaction.ts";

/** What a reader of the till's files should find; the words are those of `edge-agent status --json`. */
export interface ExpectedTotals {
  readonly transactions: number;
  readonly byType: Readonly<Record<string, number>>;
  /** Receipts that count: completed or taking one back, and no training. */
  readonly sales: number;
  /** Their grand totals as decimal text, by currency. */
  readonly grossByCurrency: Readonly<Record<string, string>>;
}

const TYPE_NAMES = { retail: "RetailTransaction", control: "Control", money: "TenderControl" } as const;

/** Counts and sums; give it the transactions of one till or of many. */
export function expectedTotals(transactions: Iterable<TillTransaction>): ExpectedTotals {
  const byType: Record<string, number> = {};
  const gross = new Map<string, { amount: bigint; exponent: number }>();
  let count = 0;
  let sales = 0;
  for (const transaction of transactions) {
    count += 1;
    const name = TYPE_NAMES[transaction.type];
    byType[name] = (byType[name] ?? 0) + 1;
    if (!counts(transaction)) continue;
    sales += 1;
    const { currency, exponent } = transaction.header;
    gross.set(currency, { amount: (gross.get(currency)?.amount ?? 0n) + transaction.grand, exponent });
  }
  const grossByCurrency = Object.fromEntries(
    [...gross].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([currency, { amount, exponent }]) => [currency, decimal(amount, exponent)]),
  );
  return { transactions: count, byType, sales, grossByCurrency };
}

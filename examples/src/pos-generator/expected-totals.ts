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

/** Totals that grow with a till's day. */
export interface RunningTotals {
  add(transaction: TillTransaction): void;
  read(): ExpectedTotals;
}

const TYPE_NAMES = { retail: "RetailTransaction", control: "Control", money: "TenderControl" } as const;

export function runningTotals(): RunningTotals {
  const byType: Record<string, number> = {};
  const gross = new Map<string, { amount: bigint; exponent: number }>();
  let transactions = 0;
  let sales = 0;
  return {
    add: (transaction) => {
      transactions += 1;
      const name = TYPE_NAMES[transaction.type];
      byType[name] = (byType[name] ?? 0) + 1;
      if (!counts(transaction)) return;
      sales += 1;
      const { currency, exponent } = transaction.header;
      gross.set(currency, { amount: (gross.get(currency)?.amount ?? 0n) + transaction.grand, exponent });
    },
    read: () => {
      const sorted = [...gross].toSorted(([a], [b]) => (a < b ? -1 : 1));
      const grossByCurrency = Object.fromEntries(sorted.map(([currency, { amount, exponent }]) => [currency, decimal(amount, exponent)]));
      return { transactions, byType: { ...byType }, sales, grossByCurrency };
    },
  };
}

/** Counts and sums; give it the transactions of one till or of many. */
export function expectedTotals(transactions: Iterable<TillTransaction>): ExpectedTotals {
  const totals = runningTotals();
  for (const transaction of transactions) totals.add(transaction);
  return totals.read();
}

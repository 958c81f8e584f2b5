import { addAmounts, countsAsSale, formatAmount, ZERO, type Amount, type Transaction } from "@tillsync/sync-protocol";

/** Gaps listed for one till's day. Past it only `gapsLeftOut` grows: a till that skips more numbers does not count by one. */
export const GAPS_MAX = 100;
/** Numbers of one till's day kept apart for gaps. The busiest till seen writes 2,000 a day. */
export const SEQUENCES_MAX = 20_000;

/** What a shop compares with its Z report: one till, one business day. */
export interface DayTotals {
  readonly store: string;
  readonly workstation: string;
  readonly businessDay: string;
  readonly transactions: number;
  readonly byType: Readonly<Record<string, number>>;
  /** Receipts that count: completed or reversing, no training. */
  readonly sales: number;
  /** Printed grand totals of those, as decimal text by currency; computed ones where nothing is printed. */
  readonly grandByCurrency: Readonly<Record<string, string>>;
  /** Tenders of those, by type and currency: `cash USD`. */
  readonly byTender: Readonly<Record<string, string>>;
  readonly firstSequence: string;
  readonly lastSequence: string;
  /** Numbers that are missing between the first and the last, as inclusive ranges; only for tills that count by numbers. */
  readonly gaps: ReadonlyArray<readonly [from: string, to: string]>;
  readonly gapsLeftOut: number;
}

export interface ControlTotals {
  add(transaction: Transaction): void;
  /** The days so far, in the order in which their first transaction came. */
  days(): DayTotals[];
}

interface Sum {
  amount: Amount;
  exponent: number;
}

interface Day {
  store: string;
  workstation: string;
  businessDay: string;
  transactions: number;
  byType: Record<string, number>;
  sales: number;
  grand: Map<string, Sum>;
  tenders: Map<string, Sum>;
  first: string;
  last: string;
  numbers: Set<bigint>;
  textual: boolean;
}

/** A fold over transactions. Pure: the same transactions give the same totals; the order matters to `first`/`last` of textual numbers only. */
export function controlTotals(): ControlTotals {
  const days = new Map<string, Day>();
  return {
    add(transaction) {
      const { store, workstation, businessDay, sequence } = transaction.identity;
      const key = JSON.stringify([store, workstation, businessDay]);
      const day = days.get(key) ?? newDay(store, workstation, businessDay, sequence);
      days.set(key, day);
      day.transactions += 1;
      day.byType[transaction.transactionType] = (day.byType[transaction.transactionType] ?? 0) + 1;
      addSequence(day, sequence);
      if (countsAsSale(transaction)) addSale(day, transaction);
    },
    days: () => [...days.values()].map(report),
  };
}

const newDay = (store: string, workstation: string, businessDay: string, sequence: string): Day => ({
  store,
  workstation,
  businessDay,
  transactions: 0,
  byType: {},
  sales: 0,
  grand: new Map(),
  tenders: new Map(),
  first: sequence,
  last: sequence,
  numbers: new Set(),
  textual: false,
});

function addSequence(day: Day, sequence: string): void {
  if (!/^[0-9]{1,18}$/.test(sequence) || day.numbers.size >= SEQUENCES_MAX) day.textual = true;
  if (day.textual) {
    day.last = sequence;
    return;
  }
  const number = BigInt(sequence);
  day.numbers.add(number);
  if (number < BigInt(day.first)) day.first = sequence;
  if (number > BigInt(day.last)) day.last = sequence;
}

function addSale(day: Day, transaction: Extract<Transaction, { transactionType: "RetailTransaction" }>): void {
  day.sales += 1;
  const { currency, exponent } = transaction;
  addTo(day.grand, currency, transaction.reported.grand ?? transaction.computed.grand, exponent);
  for (const tender of transaction.tenders) addTo(day.tenders, `${tender.type} ${currency}`, tender.amount, exponent);
}

function addTo(sums: Map<string, Sum>, key: string, amount: Amount, exponent: number): void {
  const sum = sums.get(key) ?? { amount: ZERO, exponent };
  sum.amount = addAmounts(sum.amount, amount);
  sums.set(key, sum);
}

function report(day: Day): DayTotals {
  const { gaps, leftOut } = day.textual ? { gaps: [], leftOut: 0 } : gapsOf(day.numbers);
  return {
    store: day.store,
    workstation: day.workstation,
    businessDay: day.businessDay,
    transactions: day.transactions,
    byType: { ...day.byType },
    sales: day.sales,
    grandByCurrency: asText(day.grand),
    byTender: asText(day.tenders),
    firstSequence: day.first,
    lastSequence: day.last,
    gaps,
    gapsLeftOut: leftOut,
  };
}

const asText = (sums: ReadonlyMap<string, Sum>): Record<string, string> =>
  Object.fromEntries([...sums].map(([key, sum]) => [key, formatAmount(sum.amount, sum.exponent)]));

function gapsOf(numbers: ReadonlySet<bigint>): { gaps: Array<readonly [string, string]>; leftOut: number } {
  const sorted = [...numbers].toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const gaps: Array<readonly [string, string]> = [];
  let leftOut = 0;
  for (let i = 1; i < sorted.length; i += 1) {
    const before = sorted[i - 1] ?? 0n;
    const after = sorted[i] ?? 0n;
    if (after - before <= 1n) continue;
    if (gaps.length < GAPS_MAX) gaps.push([(before + 1n).toString(), (after - 1n).toString()]);
    else leftOut += 1;
  }
  return { gaps, leftOut };
}

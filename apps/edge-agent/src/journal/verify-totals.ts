import type { AgentStore } from "../store/agent-store.ts";
import { sql } from "../store/sql.ts";
import { readMeta } from "./meta.ts";
import { businessDayOf, RECEIPTS_FROM } from "./prune-receipts.ts";
import type { VerifyFault } from "./verify-journal.ts";

interface ReceiptRow {
  readonly natural_key: string;
  readonly type: string;
  readonly currency: string;
  readonly counts: number;
  readonly gross: number;
}

interface Sum {
  transactions: number;
  sales: number;
  gross: number;
}

/** Adds all receipts up again and compares with the day totals, for the days whose receipts are all kept. */
export function verifyTotals(store: AgentStore): { receipts: number; faults: VerifyFault[] } {
  const from = readMeta(store, RECEIPTS_FROM) ?? "";
  const sums = new Map<string, Sum>();
  let receipts = 0;
  const rows = store.prepare<[], ReceiptRow>(sql`SELECT natural_key, type, currency, counts, gross FROM receipt`);
  for (const row of rows.iterate()) {
    receipts += 1;
    const day = businessDayOf(row.natural_key);
    if (day >= from) add(sums, [day, row.type, row.currency].join(" "), { transactions: 1, sales: row.counts, gross: row.gross });
  }
  const totals = store
    .prepare<[string], Sum & { day: string; type: string; currency: string }>(
      sql`SELECT business_day AS day, type, currency, sum(transactions) AS transactions, sum(sales) AS sales, sum(gross) AS gross
          FROM day_total WHERE business_day >= ? GROUP BY business_day, type, currency`,
    )
    .all(from);
  const faults: VerifyFault[] = [];
  for (const total of totals) {
    const key = [total.day, total.type, total.currency].join(" ");
    const sum = sums.get(key) ?? { transactions: 0, sales: 0, gross: 0 };
    sums.delete(key);
    if (sum.transactions !== total.transactions || sum.sales !== total.sales || sum.gross !== total.gross) faults.push(fault(key));
  }
  for (const key of sums.keys()) faults.push(fault(key));
  return { receipts, faults };
}

const fault = (key: string): VerifyFault => ({
  code: "journal.chain-broken",
  epoch: null,
  seq: null,
  what: `totals of ${key} are not those of its receipts`,
});

function add(sums: Map<string, Sum>, key: string, more: Sum): void {
  const sum = sums.get(key);
  if (sum === undefined) sums.set(key, { ...more });
  else {
    sum.transactions += more.transactions;
    sum.sales += more.sales;
    sum.gross += more.gross;
  }
}

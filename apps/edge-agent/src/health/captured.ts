import { currencyExponent, formatAmount, type Amount } from "@tillsync/sync-protocol";
import type { AgentStore } from "../store/agent-store.ts";
import { sql } from "../store/sql.ts";

/** What this terminal has captured in all its life. */
export interface Captured {
  /** Receipts, not revisions. */
  readonly transactions: number;
  readonly byType: Readonly<Record<string, number>>;
  /** Grand totals of the sales that count, latest revisions, as decimal text. */
  readonly grossByCurrency: Readonly<Record<string, string>>;
  readonly revisions: number;
}

interface Row {
  readonly type: string;
  readonly currency: string;
  readonly transactions: number;
  readonly revisions: number;
  readonly sales: number;
  readonly gross: bigint;
}

export function readCaptured(store: AgentStore): Captured {
  const statement = store.db.prepare<[], Row>(
    sql`SELECT type, currency, CAST(sum(transactions) AS REAL) AS transactions, CAST(sum(revisions) AS REAL) AS revisions,
        CAST(sum(sales) AS REAL) AS sales, sum(gross) AS gross FROM day_total GROUP BY type, currency`,
  );
  const byType: Record<string, number> = {};
  const gross = new Map<string, bigint>();
  let [transactions, revisions] = [0, 0];
  // Sums of many days may pass the safe integers, so that they are read as bigint.
  for (const row of statement.safeIntegers().all()) {
    transactions += row.transactions;
    revisions += row.revisions;
    if (row.transactions > 0) byType[row.type] = (byType[row.type] ?? 0) + row.transactions;
    if (row.sales > 0) gross.set(row.currency, (gross.get(row.currency) ?? 0n) + row.gross);
  }
  const grossByCurrency = Object.fromEntries(
    [...gross].map(([currency, minor]) => [currency, formatAmount(minor.toString() as Amount, currencyExponent(currency) ?? 2)]),
  );
  return { transactions, byType, grossByCurrency, revisions };
}

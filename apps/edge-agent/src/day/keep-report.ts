import { naturalKey, type ControlTransaction, type Transaction } from "@tillsync/sync-protocol";
import type { AgentStore } from "../store/agent-store.ts";
import { sql } from "../store/sql.ts";

/** What a till or a store says of its own day. */
export const REPORT_KINDS = ["xReport", "zReport", "tillClose", "storeClose"] as const;
export type ReportKind = (typeof REPORT_KINDS)[number];

type Totals = NonNullable<ControlTransaction["control"]["totals"]>;

/** The figures of a transaction that reports a day's totals; undefined: it is none, or has nothing that could be compared. */
export function reportOf(transaction: Transaction): { readonly kind: ReportKind; readonly totals: Totals } | undefined {
  if (transaction.transactionType !== "Control") return undefined;
  const kind = REPORT_KINDS.find((one) => one === transaction.control.kind);
  const { totals } = transaction.control;
  if (kind === undefined || totals === undefined || (totals.count === undefined && totals.grand === undefined)) return undefined;
  return { kind, totals };
}

/**
 * Keeps what the POS reports of its own totals, with what was counted here up to now. Call it in the transaction that
 * appends the report, behind the sales that came before it. A revision replaces the figures, not the moment; one that
 * carries none takes them away. For a sale it does nothing.
 */
export function keepReport(store: AgentStore, transaction: Transaction, revision: number): void {
  const report = reportOf(transaction);
  if (report === undefined && revision === 1) return;
  const key = naturalKey(transaction.identity);
  if (report === undefined || transaction.transactionType !== "Control") return forgetReport(store, key);
  const { identity, control, end, begin } = transaction;
  const { kind, totals } = report;
  store
    .prepare(
      sql`INSERT INTO pos_report (natural_key, business_day, store, workstation, currency, exponent, kind, report_number, count, grand, at, sales_then, gross_then)
          SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, coalesce(sum(sales), 0), coalesce(sum(gross), 0) FROM day_total
            WHERE business_day = ? AND store = ? AND workstation = ? AND currency = ?
          ON CONFLICT (natural_key) DO UPDATE SET currency = excluded.currency, exponent = excluded.exponent, kind = excluded.kind,
            report_number = excluded.report_number, count = excluded.count, grand = excluded.grand, at = excluded.at`,
    )
    .run(
      key,
      identity.businessDay,
      identity.store,
      identity.workstation,
      totals.currency,
      totals.exponent,
      kind,
      control.reportNumber ?? null,
      totals.count ?? null,
      totals.grand === undefined ? null : Number(totals.grand),
      (end ?? begin)?.local ?? null,
      identity.businessDay,
      identity.store,
      identity.workstation,
      totals.currency,
    );
}

/** Call it in the transaction that deletes the receipt. */
export function forgetReport(store: AgentStore, key: string): void {
  store.prepare(sql`DELETE FROM pos_report WHERE natural_key = ?`).run(key);
}

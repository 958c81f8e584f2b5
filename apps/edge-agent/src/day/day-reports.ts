import type { AgentStore } from "../store/agent-store.ts";
import { sql } from "../store/sql.ts";
import type { ReportKind } from "./keep-report.ts";
import { sequenceOf } from "./till-receipts.ts";

/** A report of the POS as it is kept. */
export interface KeptReport {
  readonly natural_key: string;
  readonly business_day: string;
  readonly store: string;
  readonly workstation: string;
  readonly currency: string;
  readonly exponent: number;
  readonly kind: ReportKind;
  readonly report_number: string | null;
  readonly count: number | null;
  readonly grand: bigint | null;
  readonly at: string | null;
  /** What was counted here when it came; null: it came before that was kept. */
  readonly counted: { readonly sales: number; readonly gross: bigint } | null;
  /** Its entry, for the order in which reports came. */
  readonly entry_key: number;
}

type Row = Omit<KeptReport, "grand" | "counted"> & {
  readonly grand: string | null;
  readonly sales_then: number | null;
  readonly gross_then: string | null;
};

/** The report that counts for a till and currency, and the one before it that began the till's count anew. */
export interface LatestReport {
  readonly report: KeptReport;
  readonly reset: KeptReport | undefined;
}

/** A till that reports every minute of the day; past this the oldest of them are not looked at. */
const REPORTS_MAX = 2_000;

/** The reports of a day, the latest first. */
export function reportsOfDay(store: AgentStore, businessDay: string): KeptReport[] {
  return store
    .prepare<[string, number], Row>(
      sql`SELECT p.natural_key, p.business_day, p.store, p.workstation, p.currency, p.exponent, p.kind, p.report_number, p.count,
            CAST(p.grand AS TEXT) AS grand, p.at, p.sales_then, CAST(p.gross_then AS TEXT) AS gross_then, r.entry_key
          FROM pos_report AS p JOIN receipt AS r ON r.natural_key = p.natural_key WHERE p.business_day = ?
          ORDER BY r.entry_key DESC LIMIT ?`,
    )
    .all(businessDay, REPORTS_MAX)
    .map(({ sales_then, gross_then, grand, ...row }) => ({
      ...row,
      grand: grand === null ? null : BigInt(grand),
      counted: sales_then === null || gross_then === null ? null : { sales: sales_then, gross: BigInt(gross_then) },
    }));
}

/**
 * The report of one till and currency that speaks for the day: the till's own last one, else the store's. Last by the POS's
 * numbers where both have one (files may come in any order), else by when it came.
 */
export function latestReport(reports: readonly KeptReport[]): LatestReport | undefined {
  const own = reports.filter(({ kind }) => kind !== "storeClose");
  const report = (own.length > 0 ? own : reports).reduce<KeptReport | undefined>(later, undefined);
  if (report === undefined) return undefined;
  const before = own.filter((other) => other !== report && resets(other) && later(other, report) === report);
  return { report, reset: before.reduce<KeptReport | undefined>(later, undefined) };
}

/** After these a till counts from zero. */
const resets = ({ kind }: KeptReport): boolean => kind === "zReport" || kind === "tillClose";

function later(a: KeptReport | undefined, b: KeptReport): KeptReport {
  if (a === undefined) return b;
  const [first, second] = [sequenceOf(a.natural_key), sequenceOf(b.natural_key)];
  if (first !== undefined && second !== undefined) return first > second ? a : b;
  return a.entry_key > b.entry_key ? a : b;
}

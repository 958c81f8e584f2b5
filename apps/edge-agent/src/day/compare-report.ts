import type { TillDay } from "../window-api/day.ts";

/** Receipts and their money. */
export interface Counted {
  readonly sales: number;
  readonly gross: bigint;
}

/** The figures that a report gives; null: it does not. */
export interface Reported {
  readonly count: number | null;
  readonly grand: bigint | null;
}

export const NOTHING: Counted = { sales: 0, gross: 0n };

export const minus = (a: Counted, b: Counted): Counted => ({ sales: a.sales - b.sales, gross: a.gross - b.gross });

/** Whether all figures that the report gives are these. */
export const isSame = (report: Reported, { sales, gross }: Counted): boolean =>
  (report.count === null || report.count === sales) && (report.grand === null || report.grand === gross);

/**
 * Compares a report with the ways in which it may be meant, the likeliest first: the first that has its figures says that
 * they are equal; where none has, the first one is shown beside it. A store's close speaks of all tills, of which this
 * terminal may see one: other figures than ours are no difference then.
 */
export function compareReport(
  kind: NonNullable<TillDay["pos"]>["kind"],
  report: Reported,
  meant: readonly [Counted, ...Counted[]],
): { readonly counted: Counted; readonly agrees: TillDay["agrees"] } {
  const same = meant.find((counted) => isSame(report, counted));
  if (same !== undefined) return { counted: same, agrees: "equal" };
  return { counted: meant[0], agrees: kind === "storeClose" ? "no-report" : "differs" };
}

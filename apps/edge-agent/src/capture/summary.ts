/** What came of one file, or of one reading on. */
export interface CaptureSummary {
  /** Transactions that the adapter gave. */
  transactions: number;
  /** Receipts that were not known before. */
  new: number;
  /** Receipts that were known with the same content. */
  duplicates: number;
  /** Receipts that were known with other content: kept as a further revision. */
  revisions: number;
  /** Items that need a person or a retry. */
  setAside: number;
  /** Rows that are no sale. */
  notSales: number;
}

export const emptySummary = (): CaptureSummary => ({ transactions: 0, new: 0, duplicates: 0, revisions: 0, setAside: 0, notSales: 0 });

export function addSummary(to: CaptureSummary, from: CaptureSummary): void {
  for (const key of Object.keys(emptySummary()) as (keyof CaptureSummary)[]) to[key] += from[key];
}

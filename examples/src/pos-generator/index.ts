export { expectedTotals, runningTotals, type ExpectedTotals, type RunningTotals } from "./expected-totals.ts";
export { POSLOG_CLOSE, POSLOG_OPEN, printTransaction } from "./print-transaction.ts";
export { tillDay, type TillDayOptions } from "./till-day.ts";
export type { Returnable } from "./till-state.ts";
export { counts, type TillTransaction } from "./till-transaction.ts";
export * from "./trading-day/index.ts";
export { openTillWriter, type TillWriter, type TillWriterOptions } from "./write-files.ts";

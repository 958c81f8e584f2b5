import { closeSync, openSync, writeSync } from "node:fs";
import { POSLOG_CLOSE, POSLOG_OPEN, printTransaction, tillDay } from "../../../examples/src/pos-generator/index.ts";

/** Writes one till's day of `sales` receipts, with the returns, voids and reports around them, as one POSLog file. */
export function writePoslog(path: string, sales: number): void {
  const file = openSync(path, "w");
  try {
    writeSync(file, POSLOG_OPEN);
    const day = { seed: "bench", store: "0117", workstation: "1", businessDay: "2026-03-02", style: "eu", sales } as const;
    for (const transaction of tillDay(day)) writeSync(file, printTransaction(transaction));
    writeSync(file, POSLOG_CLOSE);
  } finally {
    closeSync(file);
  }
}

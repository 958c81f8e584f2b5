import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  expectedTotals,
  POSLOG_CLOSE,
  POSLOG_OPEN,
  printTransaction,
  tillDay,
  type ExpectedTotals,
  type TillTransaction,
} from "@tillsync/examples/pos-generator";

/** What a till's POS will write, cut into files, and what must be found of it at the end. */
export interface TillFiles {
  readonly files: readonly string[];
  readonly expected: ExpectedTotals;
}

/** Business days of one till with `sales` receipts that count, printed as POSLog files of about `perFile` transactions. */
export function printTillFiles(options: { seed: string; workstation: string; sales: number; perFile: number }): TillFiles {
  const all: TillTransaction[] = [];
  const perDay = 1_000;
  for (let day = 0; day * perDay < options.sales; day += 1) {
    const businessDay = new Date(Date.UTC(2026, 2, 1 + day)).toISOString().slice(0, 10);
    const sales = Math.min(perDay, options.sales - day * perDay);
    all.push(
      ...tillDay({
        seed: options.seed,
        store: "0101",
        workstation: options.workstation,
        businessDay,
        style: day % 2 === 0 ? "us" : "eu",
        sales,
      }),
    );
  }
  const files: string[] = [];
  for (let at = 0; at < all.length; at += options.perFile) {
    files.push(
      POSLOG_OPEN +
        all
          .slice(at, at + options.perFile)
          .map(printTransaction)
          .join("") +
        POSLOG_CLOSE,
    );
  }
  return { files, expected: expectedTotals(all) };
}

/** Writes a file as a careful POS does: nobody sees half of it. */
export function dropFile(folder: string, name: string, text: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), text);
}

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { canonicalJson } from "@tillsync/pos-adapters";
import { expect, test } from "vitest";
import { tradingDay } from "./trading-day.ts";
import { writeCanonicalDay } from "./write-canonical.ts";

test("a day's files hold every record, no receipt twice in one file, and the canonical-json adapter reads them as they were meant", () => {
  const folder = mkdtempSync(join(tmpdir(), "tillsync-day-"));
  try {
    const day = tradingDay({ seed: 7, sales: 80 });
    const files = writeCanonicalDay(join(folder, "out"), day.entries);
    expect(files).toEqual(files.toSorted());
    expect(files.length).toBeGreaterThan(1);
    const read = files.map((name) => {
      const session = canonicalJson.open({}, { pseudonymise: refuse });
      return [...session.write(readFileSync(join(folder, "out", name))), ...session.end()];
    });
    for (const outputs of read) {
      const keys = outputs.map((output) => (output.kind === "transaction" ? JSON.stringify(output.transaction.identity) : ""));
      expect(new Set(keys).size).toBe(keys.length);
    }
    const transactions = read.flat().map((output) => (output.kind === "transaction" ? output.transaction : output));
    expect(transactions).toEqual(day.entries.map((entry) => entry.transaction));
    expect(new Set(day.entries.map((entry) => entry.transaction.transactionType))).toEqual(
      new Set(["RetailTransaction", "CustomerOrder", "OrderStatus", "MemberChange", "Inventory", "Control"]),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

const refuse = (): never => {
  throw new Error("pseudonyms are made by then");
};

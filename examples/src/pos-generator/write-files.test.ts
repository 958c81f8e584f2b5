import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SaxesParser } from "saxes";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { tillDay } from "./till-day.ts";
import type { TillTransaction } from "./till-transaction.ts";
import { openTillWriter } from "./write-files.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tillsync-till-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const transactions = (sales = 40): TillTransaction[] => [
  ...tillDay({ seed: 3, store: "0101", workstation: "1", businessDay: "2026-03-02", style: "eu", sales }),
];

/** How many `Transaction` elements a document holds; throws when it is not well-formed. */
function countTransactions(xml: string): number {
  let count = 0;
  const parser = new SaxesParser({ xmlns: true });
  parser.on("error", (error) => {
    throw error;
  });
  parser.on("opentag", (tag) => {
    if (tag.local === "Transaction") count += 1;
  });
  parser.write(xml).close();
  return count;
}
const readOnly = (): string => readFileSync(join(folder, readdirSync(folder)[0] ?? ""), "utf8");

/** Writes a whole day and reads it back. */
const write = async (manner: "atomic" | "slow"): Promise<string> => {
  const writer = openTillWriter({ folder, mode: "daily", manner });
  for (const transaction of transactions()) await writer.write(transaction);
  writer.close();
  return readOnly();
};

describe("a till's files", () => {
  it("grow by a receipt, and are whole after each", async () => {
    const writer = openTillWriter({ folder, mode: "daily", manner: "atomic" });
    let written = 0;
    for (const transaction of transactions()) {
      await writer.write(transaction);
      written += 1;
      expect(countTransactions(readOnly())).toBe(written);
    }
    writer.close();
    expect(readdirSync(folder)).toEqual(["poslog-2026-03-02-0101-1.xml"]);
  });

  it("are one for each transaction when asked", async () => {
    const writer = openTillWriter({ folder, mode: "perReceipt", manner: "atomic" });
    const all = transactions();
    for (const transaction of all) await writer.write(transaction);
    const names = readdirSync(folder);
    expect(names).toHaveLength(all.length);
    for (const name of names) expect(countTransactions(readFileSync(join(folder, name), "utf8"))).toBe(1);
  });

  it.each(["daily", "perReceipt"] as const)("are unfinished between the pieces of a slow writer (%s)", async (mode) => {
    const seen: boolean[] = [];
    const look = (): Promise<void> => {
      const newest = readdirSync(folder).toSorted().at(-1) ?? "";
      seen.push(readFileSync(join(folder, newest), "utf8").includes("</POSLog>"));
      return Promise.resolve();
    };
    const writer = openTillWriter({ folder, mode, manner: "slow", pause: look });
    const all = transactions(3);
    for (const transaction of all) await writer.write(transaction);
    writer.close();
    expect(seen.length).toBe(all.length * 3);
    expect(seen).not.toContain(true);
    const total = readdirSync(folder).reduce((count, name) => count + countTransactions(readFileSync(join(folder, name), "utf8")), 0);
    expect(total).toBe(all.length);
  });

  it("are the same whether written at once or slowly", async () => {
    expect(await write("slow")).toBe(await write("atomic"));
  });
});

import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { expectedTotals, tillDay } from "../pos-generator/index.ts";
import { sell, type TourTill } from "./sell.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tillsync-sell-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const makeTill = (workstation: string): TourTill => ({
  view: { name: workstation, about: "", sold: { records: 0, sales: 0, gross: {} }, agent: undefined },
  day: { seed: 1, store: "0101", workstation, businessDay: "2026-03-02", style: "us", sales: 12 },
  files: { folder: join(folder, workstation), mode: "perReceipt", manner: "atomic" },
});

describe("selling", () => {
  it("plays both tills side by side, and keeps what each has written", async () => {
    const tills = [makeTill("1"), makeTill("2")];
    const shares: number[] = [];
    await sell({ tills, perSecond: 1e9, onProgress: (share) => shares.push(share), signal: new AbortController().signal });
    for (const till of tills) {
      const expected = expectedTotals(tillDay(till.day));
      expect(till.view.sold).toEqual({ records: expected.transactions, sales: 12, gross: expected.grossByCurrency });
      expect(readdirSync(till.files.folder)).toHaveLength(expected.transactions);
    }
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect(shares.at(-1)).toBe(1);
  });

  it("stops when told", async () => {
    const stop = new AbortController();
    const tills = [makeTill("1")];
    const selling = sell({ tills, perSecond: 0.001, onProgress: () => stop.abort(new Error("enough")), signal: stop.signal });
    await expect(selling).rejects.toThrow();
    expect(tills[0]?.view.sold.records).toBe(1);
  });
});

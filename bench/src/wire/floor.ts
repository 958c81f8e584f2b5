import { encodeEntry } from "@tillsync/sync-protocol";
import { constants, zstdCompressSync } from "node:zlib";
import { createSales } from "../sales/sales.ts";

const BATCH = 500;
const LEVEL = 3;

/** The least that these sales can cost: their lines alone, compressed in batches of 500, with no header and no answer. */
export function floorBytesPerSale(sales: number): { wire: number; plain: number } {
  const generator = createSales();
  let [wire, plain] = [0, 0];
  for (let first = 1; first <= sales; first += BATCH) {
    const count = Math.min(BATCH, sales - first + 1);
    const lines = Buffer.from(Array.from({ length: count }, (_, i) => lineOf(generator.next(), first + i)).join(""));
    plain += lines.length;
    wire += zstdCompressSync(lines, { params: { [constants.ZSTD_c_compressionLevel]: LEVEL } }).length;
  }
  return { wire: wire / sales, plain: plain / sales };
}

const lineOf = (body: unknown, seq: number): string => {
  const hlc = `${(Date.UTC(2026, 2, 2, 8) + seq * 60_000).toString(16).padStart(12, "0")}.0000`;
  return `${encodeEntry({ seq, hlc, type: "transaction", body })}\n`;
};

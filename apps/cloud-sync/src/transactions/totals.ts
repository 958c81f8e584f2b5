import type { Category } from "./category.ts";

/** The parts of a revision that totals are about. */
interface Counted {
  readonly type: string;
  readonly category: Category | undefined;
  readonly currency: string | undefined;
  readonly exponent: number | undefined;
  readonly grand: string | undefined;
}

/** Names of running totals. Parts come from closed lists (types, categories, currencies), so no part holds a colon. */
export const totalName = {
  receipts: (type: string) => `receipts:${type}`,
  gross: (currency: string, exponent: number) => `gross:${currency}:${exponent}`,
  /** Rows of the transaction log by what destinations choose them by. */
  items: (category: Category | undefined, previous: Category | undefined) => `items:${category ?? ""}:${previous ?? ""}`,
  revisions: "revisions",
  duplicates: "duplicates",
  setAside: "set-aside",
  epochStarts: "epoch-starts",
} as const;

export function addTotal(totals: Map<string, bigint>, name: string, delta: bigint): void {
  totals.set(name, (totals.get(name) ?? 0n) + delta);
}

/** The latest revision alone counts: it comes in, and the one it replaces goes out. */
export function countLatest(totals: Map<string, bigint>, row: Counted, sign: 1n | -1n): void {
  addTotal(totals, totalName.receipts(row.type), sign);
  if (row.category === "sales" && row.currency !== undefined && row.exponent !== undefined && row.grand !== undefined)
    addTotal(totals, totalName.gross(row.currency, row.exponent), sign * BigInt(row.grand));
}

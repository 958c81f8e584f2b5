import { transactionSchema, type Capture, type Transaction } from "@tillsync/sync-protocol";
import type { AppendItem } from "../append-many.ts";

export interface SaleOptions {
  readonly sequence: number;
  readonly day?: string;
  readonly store?: string;
  readonly workstation?: string;
  /** Minor units of each line. */
  readonly prices?: readonly number[];
  readonly change?: Record<string, unknown>;
}

/** A made-up sale in cash that balances, as an adapter would give it. */
export function makeSale(options: SaleOptions): Transaction {
  const prices = options.prices ?? [1250, 399, 820];
  const total = String(prices.reduce((sum, price) => sum + price, 0));
  return transactionSchema.parse({
    transactionType: "RetailTransaction",
    schemaVersion: 1,
    identity: {
      store: options.store ?? "17",
      workstation: options.workstation ?? "3",
      businessDay: options.day ?? "2026-03-02",
      sequence: String(options.sequence),
    },
    status: "completed",
    receiptNumber: `R${options.sequence}`,
    currency: "EUR",
    exponent: 2,
    lines: prices.map((price, i) => ({
      line: i + 1,
      action: "sale",
      itemType: "stock",
      itemId: `40062${String(i).padStart(5, "0")}`,
      description: `Article ${i} of the day's basket`,
      quantity: { value: "1", uom: "EA" },
      regularUnitPrice: `${Math.floor(price / 100)}.${String(price % 100).padStart(2, "0")}`,
      extendedAmount: String(price),
      taxes: [{ category: "A", rate: "19", amount: String(Math.round((price * 19) / 119)), includedInPrice: true }],
    })),
    tenders: [{ line: 90, type: "cash", use: "sale", amount: total }],
    reported: { grand: total },
    computed: { lines: total, adjustments: "0", exclusiveTax: "0", grand: total, tenders: total },
    balance: { state: "ok" },
    ...options.change,
  });
}

export const CAPTURE: Capture = { adapter: "made-up@1.0.0", source: { kind: "file", name: "day.ndjson" } };

export const saleItem = (options: SaleOptions): AppendItem => ({ transaction: makeSale(options), capture: CAPTURE });

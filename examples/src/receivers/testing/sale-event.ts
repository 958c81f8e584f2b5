import { naturalKey, transactionSchema } from "@tillsync/sync-protocol";

export interface SaleOptions {
  readonly sequence: number;
  /** Minor units. */
  readonly grand: number;
  readonly revision?: number;
  readonly member?: string;
  readonly training?: true;
}

/** A webhook body as the cloud sends it: one line, one tender, `grand` in all. A negative `grand` is a return. */
export function saleEvent(options: SaleOptions): { id: string; body: string; key: string } {
  const grand = String(options.grand);
  const transaction = transactionSchema.parse({
    schemaVersion: 1,
    transactionType: "RetailTransaction",
    identity: { store: "0101", workstation: "1", businessDay: "2026-03-02", sequence: String(options.sequence) },
    status: "completed",
    ...(options.training === undefined ? {} : { trainingMode: true }),
    ...(options.member === undefined ? {} : { loyalty: { memberRef: options.member } }),
    currency: "USD",
    exponent: 2,
    lines: [
      {
        line: 1,
        action: options.grand < 0 ? "return" : "sale",
        itemType: "stock",
        itemId: "10112",
        quantity: { value: options.grand < 0 ? "-1.5" : "1.5", uom: "EA" },
        extendedAmount: grand,
      },
    ],
    tenders: [{ line: 2, type: "cash", use: options.grand < 0 ? "refund" : "sale", amount: grand }],
    reported: { grand },
    computed: { lines: grand, adjustments: "0", exclusiveTax: "0", grand, tenders: grand },
    balance: { state: "ok" },
  });
  const revision = options.revision ?? 1;
  const id = `tx_${options.sequence}_${revision}`;
  const key = naturalKey(transaction.identity);
  const body = JSON.stringify({
    specversion: "1.0",
    id,
    source: "urn:tillsync:cloud:test",
    type: revision === 1 ? "tillsync.transaction.v1" : "tillsync.transaction.v1.revised",
    subject: key,
    datacontenttype: "application/json",
    data: { transaction, revision, terminal: "t1", store: "s1" },
  });
  return { id, body, key };
}

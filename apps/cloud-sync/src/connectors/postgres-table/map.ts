import {
  countsAsSale,
  formatAmount,
  isRetail,
  type Line,
  type RetailTransaction,
  type Tender,
  type Transaction,
} from "@tillsync/sync-protocol";
import type { DeliveryItem, Mapped, MappedRequest } from "../connector.ts";
import { tablesOf } from "./columns.ts";
import type { PostgresTableConfig } from "./manifest.ts";
import { readEntry, readTransaction } from "./read-transaction.ts";

/** One receipt's rows: values by column, and its document as JSON text. */
export interface ReceiptRows {
  readonly values: Readonly<Record<string, string | number | boolean | null>>;
  readonly document: string;
  readonly lines: readonly object[];
  readonly tenders: readonly object[];
}

/** Throws for an entry that cannot be read. */
export function rowsOf(item: DeliveryItem, config: PostgresTableConfig): ReceiptRows {
  const common = {
    identity: item.identity,
    natural_key: item.naturalKey,
    revision: item.revision,
    store: item.store,
    terminal: item.terminal,
    received_at: new Date(item.receivedAtMs).toISOString(),
  };
  if (config.shape === "entries") return { values: common, document: readEntry(item), lines: [], tenders: [] };
  const transaction = readTransaction(item);
  const retail = isRetail(transaction) ? transaction : undefined;
  const lines = config.lines && retail !== undefined ? retail.lines.map((line, i) => lineRow(item, retail, line, i + 1)) : [];
  const tenders = config.tenders && retail !== undefined ? retail.tenders.map((tender, i) => tenderRow(item, retail, tender, i + 1)) : [];
  return { values: { ...common, ...facts(transaction) }, document: JSON.stringify(transaction), lines, tenders };
}

function facts(transaction: Transaction): Record<string, string | boolean | null> {
  const retail = isRetail(transaction) ? transaction : undefined;
  return {
    pos_store: transaction.identity.store,
    workstation: transaction.identity.workstation,
    business_day: transaction.identity.businessDay,
    sequence: transaction.identity.sequence,
    type: transaction.transactionType,
    status: transaction.status,
    counts: countsAsSale(transaction),
    currency: retail?.currency ?? null,
    // As everywhere: the printed total, or where the POS prints none our own sum.
    grand: retail === undefined ? null : formatAmount(retail.reported.grand ?? retail.computed.grand, retail.exponent),
  };
}

type Retail = Pick<RetailTransaction, "exponent">;

const lineRow = (item: DeliveryItem, retail: Retail, line: Line, n: number): object => ({
  identity: item.identity,
  n,
  line: line.line,
  action: line.action,
  item_type: line.itemType,
  item_id: line.itemId,
  gtin: line.gtin,
  description: line.description,
  department: line.department,
  quantity: line.quantity.value,
  uom: line.quantity.uom,
  unit_price: line.actualUnitPrice ?? line.regularUnitPrice,
  extended: formatAmount(line.extendedAmount, retail.exponent),
});

const tenderRow = (item: DeliveryItem, retail: Retail, tender: Tender, n: number): object => ({
  identity: item.identity,
  n,
  line: tender.line,
  type: tender.type,
  use: tender.use,
  tender_id: tender.tenderId,
  amount: formatAmount(tender.amount, retail.exponent),
});

/** What would be written, table by table. */
export function mapRows(item: DeliveryItem, config: PostgresTableConfig): Mapped {
  let rows: ReceiptRows;
  try {
    rows = rowsOf(item, config);
  } catch {
    return UNREADABLE;
  }
  const tables = tablesOf(config);
  const request = (table: string | undefined, body: unknown): MappedRequest[] =>
    table === undefined ? [] : [{ reference: item.identity, what: `row of ${table}`, body }];
  return {
    kind: "requests",
    requests: [
      ...request(tables.main, { ...rows.values, [tables.document]: JSON.parse(rows.document) as unknown }),
      ...rows.lines.flatMap((line) => request(tables.lines, line)),
      ...rows.tenders.flatMap((tender) => request(tables.tenders, tender)),
    ],
  };
}

export const UNREADABLE = { kind: "rejected", detail: "the entry cannot be read" } as const;

import type { Planned } from "../books/bring-books.ts";
import { majorText, planBooks, type BooksDocument } from "../books/plan-books.ts";
import type { DeliveryItem, Mapped } from "../connector.ts";
import { REVERSAL } from "../documents/plan-documents.ts";
import { startTranslation } from "../mapping/translate.ts";
import type { BusinessCentralConfig } from "./manifest.ts";

/** Longest reference of a purchase order. */
const REFERENCE_CHARS_MAX = 35;

/** What an item becomes in Business Central, ids of its own left out. Pure. */
export const planItem = (item: DeliveryItem, { mapping }: BusinessCentralConfig): Planned<BooksDocument> =>
  planBooks(item, startTranslation(mapping));

/** The requests of an item for the dry run. */
export function mapItem(item: DeliveryItem, config: BusinessCentralConfig): Mapped {
  const planned = planItem(item, config);
  if (planned.kind !== "plan") return planned;
  const requests = planned.documents.map((document) => ({
    reference: document.reference,
    what: `POST ${collectionOf(document)}, Microsoft.NAV.post`,
    body: documentOf(document, new Map()),
  }));
  return { kind: "requests", requests };
}

export const collectionOf = ({ kind }: BooksDocument): string => (kind === "invoice" ? "salesInvoices" : "salesCreditMemos");

/**
 * The external document number: 35 characters at most, which Business Central keeps in upper case. A reversal's begins
 * with RX_ instead of its ending.
 */
export function numberOf(reference: string): string {
  const short = reference.endsWith(REVERSAL) ? `rx_${reference.slice("tx_".length, -REVERSAL.length)}` : reference;
  return short.toUpperCase();
}

/** An invoice or a credit memo with its lines; `items`: ids by number. */
export function documentOf(document: BooksDocument, items: ReadonlyMap<string, string>) {
  const isInvoice = document.kind === "invoice";
  const lines = document.lines.flatMap(({ item, description, parts, tax }) =>
    parts.map(({ units, price }) => ({
      itemId: items.get(item) ?? item,
      lineType: "Item",
      description,
      quantity: units,
      unitPrice: Number(majorText(price, document)),
      ...(tax === undefined ? {} : { taxCode: tax.code }),
    })),
  );
  return {
    externalDocumentNumber: numberOf(document.reference),
    customerNumber: document.customer,
    salesperson: document.store,
    currencyCode: document.currency,
    ...(isInvoice
      ? {
          invoiceDate: document.businessDay,
          customerPurchaseOrderReference: document.naturalKey.slice(0, REFERENCE_CHARS_MAX),
          salesInvoiceLines: lines,
        }
      : { creditMemoDate: document.businessDay, salesCreditMemoLines: lines }),
  };
}

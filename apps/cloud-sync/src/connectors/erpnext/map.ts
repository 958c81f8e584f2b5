import type { Planned } from "../books/bring-books.ts";
import { majorText, planBooks, type BooksDocument } from "../books/plan-books.ts";
import type { DeliveryItem, Mapped } from "../connector.ts";
import { startTranslation } from "../mapping/translate.ts";
import type { ErpnextConfig } from "./manifest.ts";

/** What an item becomes in ERPNext, names of its own left out. Pure. */
export const planItem = (item: DeliveryItem, { mapping }: ErpnextConfig): Planned<BooksDocument> =>
  planBooks(item, startTranslation(mapping));

/** The requests of an item for the dry run. */
export function mapItem(item: DeliveryItem, config: ErpnextConfig): Mapped {
  const planned = planItem(item, config);
  if (planned.kind !== "plan") return planned;
  const requests = planned.documents.map((document) => ({
    reference: document.reference,
    what: document.kind === "invoice" ? "POST Sales Invoice" : "POST Sales Invoice (return)",
    body: invoiceOf(document, config, undefined),
  }));
  return { kind: "requests", requests };
}

/** A POS invoice, or a return with everything below zero; `against`: name of the invoice that it is of. */
export function invoiceOf(document: BooksDocument, config: ErpnextConfig, against: string | undefined) {
  const isReturn = document.kind === "credit";
  const way = isReturn ? -1 : 1;
  const major = (minor: bigint): number => Number(majorText(minor, document));
  const taxes = new Map(document.lines.flatMap(({ tax }) => (tax === undefined ? [] : [[tax.code, tax.rate] as const])));
  return {
    [config.referenceField]: document.reference,
    company: config.company,
    customer: document.customer,
    pos_profile: document.store,
    is_pos: 1,
    is_return: isReturn ? 1 : 0,
    ...(against === undefined ? {} : { return_against: against }),
    posting_date: document.businessDay,
    set_posting_time: 1,
    currency: document.currency,
    update_stock: config.updateStock ? 1 : 0,
    // What was paid stands as it is: no price list, no rounding of the total.
    ignore_pricing_rule: 1,
    disable_rounded_total: 1,
    remarks: document.naturalKey,
    items: document.lines.flatMap(({ item, description, parts, tax }) =>
      parts.map(({ units, price }) => ({
        item_code: item,
        description,
        qty: units * way,
        rate: major(price),
        // Of the taxes below, those that are not the line's own are nothing for it.
        item_tax_rate: JSON.stringify(Object.fromEntries([...taxes].map(([code, rate]) => [code, code === tax?.code ? Number(rate) : 0]))),
      })),
    ),
    taxes: [...taxes].map(([code, rate]) => ({
      charge_type: "On Net Total",
      account_head: code,
      description: code,
      rate: Number(rate),
      included_in_print_rate: 1,
    })),
    payments: document.tenders.map(({ code, amount }) => ({ mode_of_payment: code, amount: major(amount) * way })),
  };
}

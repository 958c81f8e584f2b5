import type { DeliveryItem, Mapped } from "../connector.ts";
import type { Planned } from "../books/bring-books.ts";
import { planEntries, type EntryDocument } from "../books/plan-entries.ts";
import { majorText } from "../books/plan-books.ts";
import { startTranslation } from "../mapping/translate.ts";
import type { OdooConfig } from "./manifest.ts";

/** What an item becomes in Odoo, ids of its own left out. Pure. */
export const planItem = (item: DeliveryItem, { mapping }: OdooConfig): Planned<EntryDocument> =>
  planEntries(item, startTranslation(mapping));

/** The requests of an item for the dry run. */
export function mapItem(item: DeliveryItem, config: OdooConfig): Mapped {
  const planned = planItem(item, config);
  if (planned.kind !== "plan") return planned;
  const requests = planned.documents.map((document) => ({
    reference: document.reference,
    what: "account.move/create, action_post",
    body: moveOf(document, undefined),
  }));
  return { kind: "requests", requests };
}

/** A journal entry; `currency`: Odoo's id of the till's currency. */
export const moveOf = (document: EntryDocument, currency: number | undefined) => ({
  move_type: "entry",
  ref: document.reference,
  date: document.businessDay,
  journal_id: Number(document.store),
  ...(currency === undefined ? {} : { currency_id: currency }),
  narration: document.naturalKey,
  line_ids: document.lines.map(({ account, label, debit, credit }) => [
    0,
    0,
    {
      account_id: Number(account),
      name: label,
      debit: Number(majorText(debit, document)),
      credit: Number(majorText(credit, document)),
    },
  ]),
});

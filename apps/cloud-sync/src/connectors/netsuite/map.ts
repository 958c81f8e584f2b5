import type { Planned } from "../books/bring-books.ts";
import { majorText } from "../books/plan-books.ts";
import { planEntries, type EntryDocument } from "../books/plan-entries.ts";
import type { DeliveryItem, Mapped } from "../connector.ts";
import { startTranslation } from "../mapping/translate.ts";
import type { NetSuiteConfig } from "./manifest.ts";

/** What an item becomes in NetSuite. Pure. */
export function planItem(item: DeliveryItem, { mapping, currencies }: NetSuiteConfig): Planned<EntryDocument> {
  const planned = planEntries(item, startTranslation(mapping));
  const documents = planned.kind === "plan" ? planned.documents : [];
  const unknown = new Set(documents.map(({ currency }) => currency).filter((code) => currencies[code] === undefined));
  return unknown.size === 0 ? planned : { kind: "mapping-missing", missing: [...unknown].map((code) => ({ table: "currencies", code })) };
}

/** The requests of an item for the dry run. */
export function mapItem(item: DeliveryItem, config: NetSuiteConfig): Mapped {
  const planned = planItem(item, config);
  if (planned.kind !== "plan") return planned;
  const requests = planned.documents.map((document) => ({
    reference: document.reference,
    what: `PUT ${entryPath(document)}?replace=line`,
    body: entryOf(document, config),
  }));
  return { kind: "requests", requests };
}

/** Where an entry stands under our own name. */
export const entryPath = ({ reference }: EntryDocument): string => `/services/rest/record/v1/journalEntry/eid:${reference}`;

/** A journal entry; every line bears the store's location. */
export const entryOf = (document: EntryDocument, { subsidiary, currencies }: NetSuiteConfig) => ({
  externalId: document.reference,
  tranDate: document.businessDay,
  memo: document.naturalKey,
  currency: { id: currencies[document.currency] },
  ...(subsidiary === undefined ? {} : { subsidiary: { id: subsidiary } }),
  line: {
    items: document.lines.map(({ account, label, debit, credit }) => ({
      account: { id: account },
      memo: label,
      location: { id: document.store },
      ...(debit > 0n ? { debit: Number(majorText(debit, document)) } : { credit: Number(majorText(credit, document)) }),
    })),
  },
});

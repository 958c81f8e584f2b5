import type { Transaction } from "@tillsync/sync-protocol";
import { categoryOf } from "../../transactions/category.ts";
import type { DeliveryItem, Mapped } from "../connector.ts";
import { planDocuments } from "../documents/plan-documents.ts";
import { startTranslation } from "../mapping/translate.ts";
import type { TrytonConfig } from "./manifest.ts";
import { mapSale } from "./map-sale.ts";
import { mapStock, turnMovements } from "./map-stock.ts";
import type { MappedDocument } from "./mapped.ts";

export type MappedItem =
  | { readonly kind: "documents"; readonly documents: readonly MappedDocument[] }
  | Exclude<Mapped, { kind: "requests" }>;

/** What an item is in Tryton, by codes alone: pure, the same for every attempt. */
export function mapDocuments(item: DeliveryItem, config: TrytonConfig): MappedItem {
  const translation = startTranslation(config.mapping);
  const mapped = item.transaction.transactionType === "Inventory" ? stockOf(item, translation, config) : salesOf(item, translation, config);
  if (mapped.kind === "documents" && translation.missing.length > 0) return { kind: "mapping-missing", missing: translation.missing };
  return mapped;
}

/** For the dry run: one request for each document, with what only Tryton can tell left out. */
export function mapItem(item: DeliveryItem, config: TrytonConfig): Mapped {
  const mapped = mapDocuments(item, config);
  if (mapped.kind !== "documents") return mapped;
  return { kind: "requests", requests: mapped.documents.map((body) => ({ reference: body.reference, what: whatOf(body), body })) };
}

function whatOf(document: MappedDocument): string {
  if (document.document === "count") return "stock.inventory";
  if (document.document === "movement") return "stock.shipment.internal";
  return document.reverses === undefined ? "sale.sale" : "sale.sale (reversal)";
}

type Translation = ReturnType<typeof startTranslation>;

function salesOf(item: DeliveryItem, translation: Translation, config: TrytonConfig): MappedItem {
  const documents: MappedDocument[] = [];
  for (const planned of planDocuments(item)) {
    const mapped = mapSale(planned, translation, config);
    if ("reason" in mapped) return { kind: "rejected", detail: `${planned.naturalKey}: ${mapped.reason}` };
    documents.push(mapped.sale);
  }
  if (documents.length === 0) return { kind: "nothing", reason: "nothing in it for books" };
  return { kind: "documents", documents };
}

function stockOf(item: DeliveryItem, translation: Translation, config: TrytonConfig): MappedItem {
  const documents: MappedDocument[] = [];
  const { previous, transaction } = item;
  if (previous !== undefined)
    documents.push(...turnMovements(movementsOf(previous.identity, previous.transaction, translation, config) ?? []));
  const own = movementsOf(item.identity, transaction, translation, config);
  if (own === undefined && documents.length === 0) return { kind: "nothing", reason: "left to Tryton's own documents" };
  documents.push(...(own ?? []));
  return documents.length === 0 ? { kind: "nothing", reason: "no goods in it" } : { kind: "documents", documents };
}

function movementsOf(
  identity: string,
  transaction: Transaction,
  translation: Translation,
  config: TrytonConfig,
): MappedDocument[] | undefined {
  if (transaction.transactionType !== "Inventory" || categoryOf(transaction) === undefined) return [];
  return mapStock(identity, transaction, translation, config);
}

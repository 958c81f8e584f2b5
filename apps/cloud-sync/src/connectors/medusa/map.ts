import type { DeliveryItem, Mapped, MappedRequest } from "../connector.ts";
import { planDocuments } from "../documents/plan-documents.ts";
import { isEmpty, saleParts } from "../documents/sale-parts.ts";
import { planMovements } from "../loyalty/plan-movements.ts";
import { startTranslation } from "../mapping/translate.ts";
import type { MedusaConfig } from "./manifest.ts";
import { majorOf, planDocument } from "./plan-document.ts";
import type { MedusaDocument, Planned, PlannedMovement, PlannedOrder } from "./plan.ts";

/** What an item becomes at Medusa, ids of its own left out. Pure. */
export function planItem(item: DeliveryItem, config: MedusaConfig): Planned {
  const translation = startTranslation(config.mapping);
  const documents = planDocuments(item).filter(({ transaction }) => !isEmpty(saleParts(transaction)));
  const made = documents.map((document) => planDocument(document, translation, config));
  const movements = (config.points === "none" ? [] : planMovements(item)).map((movement): PlannedMovement => ({
    ...movement,
    account: translation.customer(movement.member),
  }));
  if (translation.missing.length > 0) return { kind: "mapping-missing", missing: translation.missing };
  const whole = made.filter((one) => one !== undefined);
  if (whole.length < made.length)
    return { kind: "rejected", detail: "the receipt's tenders do not settle its goods: it has no form as orders and refunds" };
  if (whole.length + movements.length === 0) return { kind: "nothing", reason: "no goods and no money" };
  return { kind: "plan", plan: { documents: whole, movements } };
}

/** The requests of an item for the dry run. */
export function mapItem(item: DeliveryItem, config: MedusaConfig): Mapped {
  const planned = planItem(item, config);
  if (planned.kind !== "plan") return planned;
  const { documents, movements } = planned.plan;
  return {
    kind: "requests",
    requests: [
      ...documents.flatMap((document) => requestsOf(document, config)),
      ...movements.map((movement) => ({
        reference: movement.reference,
        what: `POST store-credit-accounts/{id}/${isCredit(movement) ? "credit" : "debit"}`,
        body: movementBody(movement),
      })),
    ],
  };
}

function requestsOf({ reference, order, gives, owed }: MedusaDocument, config: MedusaConfig): MappedRequest[] {
  const draft = (planned: PlannedOrder): MappedRequest => ({
    reference,
    what: "POST draft-orders",
    body: draftBody(planned, config, new Map()),
  });
  return [
    ...(order === undefined ? [] : [draft(order)]),
    ...gives.map(({ from, items, amount }) => ({
      reference,
      what: "POST returns, payments/{id}/refund",
      body: { of: from, items: items ?? "all that is left", amount: majorOf(amount, owed), note: reference },
    })),
    ...(owed.lines.length === 0 ? [] : [draft(owed)]),
  ];
}

/** The draft of an order; `variants`: ids by SKU. */
export const draftBody = (
  { reference, currency, lines, metadata, exponent }: PlannedOrder,
  { region, salesChannel }: MedusaConfig,
  variants: ReadonlyMap<string, string>,
) => ({
  region_id: region,
  sales_channel_id: salesChannel,
  currency_code: currency.toLowerCase(),
  // Medusa searches addresses, and no metadata: the order is found again by this.
  billing_address: { company: reference },
  items: lines.map(({ itemId, sku, title, units, price }) => ({
    title,
    ...(sku === undefined ? {} : { variant_id: variants.get(sku) ?? sku }),
    quantity: units,
    unit_price: majorOf(price, { exponent }),
    metadata: itemId === undefined ? {} : { pos_item: itemId },
  })),
  no_notification_order: true,
  metadata,
});

export const isCredit = ({ role }: PlannedMovement): boolean => role === "accrue" || role === "reverse-burn";

export const movementBody = ({ points, reference }: PlannedMovement) => ({ amount: points, note: reference });

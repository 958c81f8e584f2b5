import type { DeliveryItem, Mapped, MissingCode } from "../connector.ts";
import { netTenders } from "../documents/net-tenders.ts";
import { planDocuments, type PlannedDocument } from "../documents/plan-documents.ts";
import { isEmpty, saleParts, type GoodsLine, type SaleParts } from "../documents/sale-parts.ts";
import { planEarnings, planMovements } from "../loyalty/plan-movements.ts";
import { planStoredValue } from "../loyalty/plan-stored-value.ts";
import { startTranslation, type Translation } from "../mapping/translate.ts";
import { planActivity } from "./gift-cards.ts";
import type { SquareConfig } from "./manifest.ts";
import { planOrderParts } from "./plan-lines.ts";
import { settle, type Flow, type Settlement } from "../documents/settle.ts";
import type { Money, PlannedPayment, PlannedRefund, SquareDocument, SquarePlan } from "./plan.ts";

export type Planned =
  | { readonly kind: "plan"; readonly plan: SquarePlan }
  | { readonly kind: "nothing"; readonly reason: string }
  | { readonly kind: "mapping-missing"; readonly missing: readonly MissingCode[] }
  | { readonly kind: "rejected"; readonly detail: string };

/** Square's own name of who wrote an order: what look-ups search by. */
export const SOURCE = "Tillsync";

/** What an item becomes at Square, ids of Square's left out. Pure. */
export function planItem(item: DeliveryItem, config: SquareConfig): Planned {
  if (item.transaction.transactionType === "StoredValue") return planValue(item, config);
  const documents = planDocuments(item).filter(({ transaction }) => !isEmpty(saleParts(transaction)));
  const movements = config.loyalty ? (config.pointsFrom === "receipts" ? planMovements(item) : planEarnings(item)) : [];
  const [first] = documents;
  if (first === undefined && movements.length === 0) return { kind: "nothing", reason: "no goods, money or points for Square" };
  const translation = startTranslation(config.mapping);
  const made = documents.map((document) => planDocument(document, translation, config));
  const location = translation.store(item.transaction.identity.store);
  if (translation.missing.length > 0) return { kind: "mapping-missing", missing: translation.missing };
  if (made.includes(undefined))
    return { kind: "rejected", detail: "the receipt's tenders do not settle its goods: it has no form as orders and refunds" };
  const currency = first?.transaction.currency ?? "";
  return { kind: "plan", plan: { documents: made.filter((one) => one !== undefined), movements, activities: [], location, currency } };
}

function planValue(item: DeliveryItem, config: SquareConfig): Planned {
  const { transaction } = item;
  const value = planStoredValue(item, { points: config.pointsFrom });
  if (value.kind === "nothing" || value.kind === "rejected" || transaction.transactionType !== "StoredValue")
    return value.kind === "rejected" ? value : { kind: "nothing", reason: value.kind === "nothing" ? value.reason : "no stored value" };
  const none = { documents: [], movements: [], activities: [], location: "", currency: transaction.storedValue.unit };
  if (value.kind === "points")
    return config.loyalty
      ? { kind: "plan", plan: { ...none, movements: [value.movement] } }
      : { kind: "nothing", reason: "loyalty is off" };
  const { giftCards } = config;
  if (giftCards === undefined) return { kind: "nothing", reason: "gift cards are not configured" };
  const translation = startTranslation(config.mapping);
  const location = translation.store(transaction.identity.store);
  if (translation.missing.length > 0) return { kind: "mapping-missing", missing: translation.missing };
  const { card: account } = value.movement;
  const card = (Object.hasOwn(giftCards.ids, account) ? giftCards.ids[account] : undefined) ?? account;
  const terms = { card, location, instrument: giftCards.instrument };
  const planned = planActivity(value.movement, transaction.storedValue.redemptionId, terms);
  return planned.kind === "rejected" ? planned : { kind: "plan", plan: { ...none, location, activities: [planned] } };
}

/** The documents of an item for the dry run. */
export function mapItem(item: DeliveryItem, config: SquareConfig): Mapped {
  const planned = planItem(item, config);
  if (planned.kind !== "plan") return planned;
  const { documents, movements, activities } = planned.plan;
  return {
    kind: "requests",
    requests: [
      ...documents.flatMap(({ reference, order, refunds, restock }) => [
        ...(order === undefined ? [] : [{ reference, what: "POST /v2/orders", body: order.body }]),
        ...(order?.payments ?? []).map((one) => ({ reference: one.reference, what: "POST /v2/payments", body: one.body })),
        ...refunds.map((one) => ({ reference: one.reference, what: "POST /v2/refunds", body: one.body })),
        ...(restock.length === 0 ? [] : [{ reference: `${reference}-s`, what: "POST /v2/inventory/changes/batch-create", body: restock }]),
      ]),
      ...movements.map((one) => ({ reference: one.reference, what: "POST /v2/loyalty/accounts/{account}/adjust", body: one })),
      ...activities.map((one) => ({ reference: one.reference, what: `POST /v2/gift-cards/activities ${one.type}`, body: one.details })),
    ],
  };
}

function planDocument(document: PlannedDocument, translation: Translation, config: SquareConfig): SquareDocument | undefined {
  const { transaction, reference, role } = document;
  const { currency, identity, receiptNumber } = transaction;
  const money = (amount: bigint): Money => ({ amount: Number(amount), currency });
  const parts = saleParts(transaction);
  const settled = settle(
    parts,
    netTenders(transaction, (tender) => translation.tender(tender)),
  );
  const location = translation.store(identity.store);
  const isPost = role === "post";
  // What is taken back changes sides: sold goods are refunded, returned goods are sold again.
  const goods = isPost ? parts.sold : parts.returned;
  const back = isPost ? parts.returned : parts.sold;
  const extras = parts.sold.length > 0 || parts.returned.length === 0 ? (isPost ? parts.extras : []) : isPost ? [] : negated(parts);
  const orderParts = planOrderParts(goods, extras, money, translation, config);
  if (settled === undefined) return undefined;
  const needsOrder = isPost ? parts.sold.length > 0 || parts.returned.length === 0 : settled.returned > 0n || parts.returned.length > 0;
  const day = identity.businessDay;
  const note = `${isPost ? "return" : "reverses"} ${document.naturalKey}`;
  return {
    reference,
    of: isPost ? undefined : { reference: document.of, naturalKey: document.naturalKey, day },
    location,
    order: needsOrder
      ? {
          total: money(isPost ? settled.sold : settled.returned),
          body: {
            location_id: location,
            reference_id: reference,
            source: { name: SOURCE },
            ...orderParts,
            pricing_options: { auto_apply_discounts: false, auto_apply_taxes: false },
            metadata: {
              receipt: document.naturalKey.slice(0, 255),
              ...(receiptNumber === undefined ? {} : { receipt_number: receiptNumber }),
            },
          },
          payments: (isPost ? settled.payments : settled.refunds).map((flow, at) =>
            planPayment(flow, `${reference}-p${at}`, location, money),
          ),
        }
      : undefined,
    refunds: planRefunds(document, settled, { location, note, money }),
    restock:
      config.lines === "catalog"
        ? back.filter(isStock).map((one) => ({ variation: translation.item(one.line), quantity: one.quantity }))
        : [],
  };
}

const negated = ({ extras }: SaleParts): SaleParts["extras"] => extras.map(({ label, amount }) => ({ label, amount: -amount }));

const isStock = ({ line }: GoodsLine): boolean => line.itemType === "stock";

function planPayment(flow: Flow, reference: string, location: string, money: (amount: bigint) => Money): PlannedPayment {
  const total = money(flow.amount + flow.tip);
  return {
    reference,
    money: money(flow.amount),
    body: {
      idempotency_key: reference,
      amount_money: money(flow.amount),
      ...(flow.tip > 0n ? { tip_money: money(flow.tip) } : {}),
      location_id: location,
      reference_id: reference,
      // Payments of an order are completed together, when the order is paid.
      autocomplete: false,
      ...(flow.code === "CASH"
        ? { source_id: "CASH", cash_details: { buyer_supplied_money: total } }
        : { source_id: "EXTERNAL", external_details: { type: flow.code, source: flow.label.slice(0, 255) } }),
    },
  };
}

interface RefundTerms {
  readonly location: string;
  readonly note: string;
  readonly money: (amount: bigint) => Money;
}

/** Returns are refunds that stand for themselves; a reversal takes back the very payments of what it reverses. */
function planRefunds(document: PlannedDocument, settled: Settlement, terms: RefundTerms): PlannedRefund[] {
  const isPost = document.role === "post";
  const flows = isPost ? settled.refunds : settled.payments;
  return flows.map((flow, at) => {
    const reference = `${document.reference}-f${at}`;
    const money = terms.money(flow.amount + flow.tip);
    const body = { idempotency_key: reference, amount_money: money, reason: `${reference} ${terms.note}`.slice(0, 192) };
    if (!isPost) return { reference, linkedTo: `${document.of}-p${at}`, money, body };
    const destination =
      flow.code === "CASH"
        ? { destination_id: "CASH", cash_details: { seller_supplied_money: money } }
        : { destination_id: "EXTERNAL", external_details: { type: flow.code, source: flow.label.slice(0, 255) } };
    return { reference, linkedTo: undefined, money, body: { ...body, unlinked: true, location_id: terms.location, ...destination } };
  });
}

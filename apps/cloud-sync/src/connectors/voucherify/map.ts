import { isRetail, type RetailTransaction } from "@tillsync/sync-protocol";
import type { DeliveryItem, Mapped, MissingCode } from "../connector.ts";
import { planDocuments } from "../documents/plan-documents.ts";
import { isEmpty, saleParts, sum, type GoodsLine } from "../documents/sale-parts.ts";
import { planEarnings, planMovements, type PointsMovement } from "../loyalty/plan-movements.ts";
import { planStoredValue, signedAmount, type CardMovement } from "../loyalty/plan-stored-value.ts";
import { startTranslation, type Translation } from "../mapping/translate.ts";
import type { VoucherifyConfig } from "./manifest.ts";
import { shareExtras } from "../documents/share-extras.ts";

/** An order that stands, or one that is cancelled. Found by `source_id`, which is our reference. */
export type PlannedOrder =
  | { readonly kind: "place"; readonly reference: string; readonly amount: number; readonly body: Readonly<Record<string, unknown>> }
  | { readonly kind: "cancel"; readonly reference: string; readonly naturalKey: string };

export interface VoucherifyPlan {
  readonly orders: readonly PlannedOrder[];
  readonly movements: readonly PointsMovement[];
  /** Of gift cards. */
  readonly credits: readonly CardMovement[];
}

export type Planned =
  | { readonly kind: "plan"; readonly plan: VoucherifyPlan }
  | { readonly kind: "nothing"; readonly reason: string }
  | { readonly kind: "mapping-missing"; readonly missing: readonly MissingCode[] }
  | { readonly kind: "rejected"; readonly detail: string };

/**
 * What an item becomes at Voucherify. An order there is what was sold: its amounts have no sign, so that goods that came
 * back are no order, and only take their points with them. What is taken back as a whole is a cancelled order. Pure.
 */
export function planItem(item: DeliveryItem, config: VoucherifyConfig): Planned {
  if (item.transaction.transactionType === "StoredValue") return planValue(item, config);
  const documents = planDocuments(item);
  const foreign = documents.find(({ transaction }) => transaction.currency !== config.currency)?.transaction.currency;
  if (foreign !== undefined) return { kind: "rejected", detail: `the project is in ${config.currency}, and the receipt in ${foreign}` };
  const translation = startTranslation(config.mapping);
  const orders = documents.flatMap((document): (PlannedOrder | undefined)[] => {
    if (!hasOrder(document.transaction)) return [];
    if (document.role === "reverse") return [{ kind: "cancel", reference: document.of, naturalKey: document.naturalKey }];
    return [placeOrder(document.reference, document.naturalKey, document.transaction, translation, config)];
  });
  const movements = movementsOf(item, config);
  if (translation.missing.length > 0) return { kind: "mapping-missing", missing: translation.missing };
  const made = orders.filter((one) => one !== undefined);
  if (made.length < orders.length) return { kind: "rejected", detail: "discounts exceed what was sold" };
  if (made.length === 0 && movements.length === 0) return { kind: "nothing", reason: "nothing was sold, and no member's points moved" };
  return { kind: "plan", plan: { orders: made, movements, credits: [] } };
}

function planValue(item: DeliveryItem, config: VoucherifyConfig): Planned {
  const planned = planStoredValue(item, { points: config.pointsFrom });
  if (planned.kind === "nothing" || planned.kind === "rejected") return planned;
  if (planned.kind === "points")
    return config.loyaltyCampaignId === undefined
      ? { kind: "nothing", reason: "no loyalty campaign is configured" }
      : { kind: "plan", plan: { orders: [], movements: [planned.movement], credits: [] } };
  const { movement } = planned;
  if (config.giftCards === undefined) return { kind: "nothing", reason: "gift cards are not configured" };
  if (movement.currency !== config.currency)
    return { kind: "rejected", detail: `the project is in ${config.currency}, and the card in ${movement.currency}` };
  return { kind: "plan", plan: { orders: [], movements: [], credits: [movement] } };
}

const movementsOf = (item: DeliveryItem, { loyaltyCampaignId, pointsFrom }: VoucherifyConfig): PointsMovement[] =>
  loyaltyCampaignId === undefined ? [] : pointsFrom === "receipts" ? planMovements(item) : planEarnings(item);

/** The requests of an item for the dry run. */
export function mapItem(item: DeliveryItem, config: VoucherifyConfig): Mapped {
  const planned = planItem(item, config);
  if (planned.kind !== "plan") return planned;
  const { orders, movements, credits } = planned.plan;
  return {
    kind: "requests",
    requests: [
      ...orders.map((one) =>
        one.kind === "place"
          ? { reference: one.reference, what: "POST /v1/orders", body: one.body }
          : { reference: one.reference, what: `PUT /v1/orders/${one.reference}`, body: CANCELLED },
      ),
      ...movements.map((one) => ({ reference: one.reference, what: "POST /v1/loyalties/members/{card}/balance", body: pointsBody(one) })),
      ...credits.map((one) => ({ reference: one.reference, what: "POST /v1/vouchers/{code}/balance", body: creditBody(one) })),
    ],
  };
}

export const CANCELLED = { status: "CANCELED" };

/** Points as Voucherify counts them: above zero adds. The reference stands in the card's ledger. */
export const pointsBody = ({ role, points, reference }: PointsMovement): { points: number; source_id: string; reason: string } => ({
  points: role === "accrue" || role === "reverse-burn" ? points : -points,
  source_id: reference,
  reason: role,
});

/** Money as Voucherify counts it: minor units, above zero adds. The reference stands in the voucher's ledger. */
export const creditBody = (movement: CardMovement): { amount: number; source_id: string; reason: string } => ({
  amount: Number(signedAmount(movement)),
  source_id: movement.reference,
  reason: movement.role,
});

/** Whether a receipt is an order at all: something was sold. */
function hasOrder(transaction: RetailTransaction): boolean {
  const parts = saleParts(transaction);
  return !isEmpty(parts) && (parts.sold.length > 0 || parts.returned.length === 0);
}

function placeOrder(
  reference: string,
  naturalKey: string,
  transaction: RetailTransaction,
  translation: Translation,
  config: VoucherifyConfig,
): PlannedOrder | undefined {
  const parts = saleParts(transaction);
  const amounts = shareExtras(
    parts.sold.map(({ gross }) => gross),
    sum(parts.extras.map(({ amount }) => amount)),
  );
  if (amounts === undefined) return undefined;
  const amount = Number(sum(amounts));
  const { businessDay, store } = transaction.identity;
  const returned = sum(parts.returned.map(({ gross }) => gross));
  const member = isRetail(transaction) ? transaction.loyalty?.memberRef : undefined;
  return {
    kind: "place",
    reference,
    amount,
    body: {
      source_id: reference,
      status: "PAID",
      amount,
      items: parts.sold.map((goods, at) => orderItem(goods, amounts[at] ?? 0n, translation, config)),
      ...(member === undefined ? {} : { customer: { source_id: member } }),
      metadata: {
        receipt: naturalKey,
        business_day: businessDay,
        store: translation.store(store),
        currency: transaction.currency,
        ...(returned === 0n ? {} : { returned_amount: Number(returned) }),
      },
    },
  };
}

/** Voucherify counts whole items; a weight is one item, and its figure is told beside it. */
function orderItem({ line, quantity }: GoodsLine, amount: bigint, translation: Translation, config: VoucherifyConfig): object {
  const isWhole = /^[1-9]\d{0,8}$/.test(quantity);
  return {
    source_id: translation.item(line),
    related_object: config.itemsAre,
    quantity: isWhole ? Number(quantity) : 1,
    amount: Number(amount),
    ...(isWhole ? {} : { metadata: { quantity, unit: line.quantity.uom } }),
  };
}

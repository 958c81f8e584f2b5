import type { FakeAnswer } from "../../testing/vendor-fake/vendor-rules.ts";

export type Rec = Record<string, unknown>;

export interface FakeChange {
  readonly id: string;
  status: string;
  readonly change_type: string;
  readonly return_id: string;
  readonly actions: { readonly action: string; readonly details: { readonly reference_id: string; readonly quantity: number } }[];
}

export interface FakeReturn {
  readonly id: string;
  status: string;
  readonly metadata: Rec;
  items: { readonly item_id: string; readonly quantity: number }[];
}

export interface FakePayment {
  readonly id: string;
  readonly captures: { readonly amount: number }[];
  readonly refunds: { readonly amount: number; readonly note: string | undefined }[];
}

export interface FakeOrder {
  readonly id: string;
  status: string;
  is_draft_order: boolean;
  readonly currency_code: string;
  /** Of the items as they were sold, in cents. */
  readonly cents: number;
  readonly company: string;
  readonly metadata: Rec;
  readonly items: {
    readonly id: string;
    readonly quantity: number;
    readonly unit_price: number;
    readonly requires_shipping: boolean;
    readonly metadata: Rec;
    readonly detail: {
      fulfilled_quantity: number;
      return_requested_quantity: number;
      return_received_quantity: number;
      return_dismissed_quantity: number;
      written_off_quantity: number;
    };
  }[];
  readonly fulfillments: { readonly id: string; delivered_at: string | null; readonly canceled_at: null }[];
  readonly payment_collections: { readonly id: string; status: string; readonly amount: number; readonly payments: FakePayment[] }[];
  returns: FakeReturn[];
  changes: FakeChange[];
}

export const refuse = (status: number, message: string): FakeAnswer => ({
  status,
  body: { type: status === 404 ? "not_found" : "invalid_data", message },
});

interface DraftWish {
  readonly currency_code: string;
  readonly billing_address: { readonly company: string };
  readonly metadata: Rec;
  readonly items: readonly { variant_id?: string; quantity: number; unit_price: string; metadata: Rec }[];
}

const cents = (amount: string | number): number => Math.round(Number(amount) * 100);

/** A draft as Medusa makes it. */
export function draftOf(id: string, wish: DraftWish): FakeOrder {
  const items = wish.items.map((item, at) => ({
    id: `ordli_${id}_${at}`,
    quantity: item.quantity,
    unit_price: Number(item.unit_price),
    requires_shipping: item.variant_id !== undefined,
    metadata: item.metadata,
    detail: {
      fulfilled_quantity: 0,
      return_requested_quantity: 0,
      return_received_quantity: 0,
      return_dismissed_quantity: 0,
      written_off_quantity: 0,
    },
  }));
  return {
    id,
    status: "draft",
    is_draft_order: true,
    currency_code: wish.currency_code,
    cents: items.reduce((total, { unit_price, quantity }) => total + cents(unit_price) * quantity, 0),
    company: wish.billing_address.company,
    metadata: wish.metadata,
    items,
    fulfillments: [],
    payment_collections: [],
    returns: [],
    changes: [],
  };
}

/** An order as Medusa tells it: its total falls with what came back. */
export function shownOrder(order: FakeOrder): Rec {
  const { company: _company, changes: _changes, cents: whole, ...shown } = order;
  const back = order.items.reduce((total, { unit_price, detail }) => total + cents(unit_price) * detail.return_received_quantity, 0);
  return structuredClone({ ...shown, total: (whole - back) / 100 });
}

const capturedCents = ({ captures, refunds }: FakePayment): number =>
  captures.reduce((total, { amount }) => total + cents(amount), 0) - refunds.reduce((total, { amount }) => total + cents(amount), 0);

export function refundPayment(payment: FakePayment, { amount, note }: { amount: number; note?: string }): FakeAnswer {
  if (cents(amount) > capturedCents(payment)) return refuse(400, "You are not allowed to refund more than the captured amount");
  payment.refunds.push({ amount, note });
  return { status: 200, body: { payment: structuredClone(payment) } };
}

export function payCollection(collection: FakeOrder["payment_collections"][number]): FakeAnswer {
  if (collection.status !== "not_paid") return refuse(400, "Can only mark 'not_paid' payment collection as paid");
  collection.status = "completed";
  collection.payments.push({ id: `pay_${collection.id}`, captures: [{ amount: collection.amount }], refunds: [] });
  return { status: 200, body: { payment_collection: structuredClone(collection) } };
}

export function fulfilOrder(order: FakeOrder, items: readonly { id: string; quantity: number }[]): FakeAnswer {
  const lines = items.map(({ id, quantity }) => ({ line: order.items.find((one) => one.id === id), quantity }));
  if (new Set(lines.map(({ line }) => line?.requires_shipping)).size > 1) return refuse(400, "Split this request into 2 fulfillments.");
  for (const { line, quantity } of lines)
    if (line === undefined || line.detail.fulfilled_quantity + quantity > line.quantity)
      return refuse(400, "No stock reservation found for item");
  for (const { line, quantity } of lines) if (line !== undefined) line.detail.fulfilled_quantity += quantity;
  order.fulfillments.push({ id: `ful_${order.id}_${order.fulfillments.length}`, delivered_at: null, canceled_at: null });
  return { status: 200, body: { order: shownOrder(order) } };
}

export function deliverFulfilment(order: FakeOrder, id: string, at: string): FakeAnswer {
  const found = order.fulfillments.find((one) => one.id === id);
  if (found === undefined) return refuse(404, "no such fulfillment");
  if (found.delivered_at !== null) return refuse(400, "Fulfillment has already been marked delivered");
  found.delivered_at = at;
  return { status: 200, body: { order: shownOrder(order) } };
}

import type { Refusal } from "../operations.ts";

interface FakeLine {
  readonly id: string;
  quantity: number;
  orderPlacedQuantity: number;
  readonly unitPriceWithTax: number;
  readonly productVariant: { readonly sku: string };
  readonly customFields: { readonly posLine: string };
}

interface FakePayment {
  readonly id: string;
  readonly state: "Settled";
  readonly amount: number;
  readonly refunds: { id: string; state: "Settled"; total: number; reason: string }[];
}

/** An order as Vendure tells it. */
export interface FakeOrder {
  readonly id: string;
  readonly code: string;
  state: string;
  readonly currencyCode: string;
  totalWithTax: number;
  customFields: { posReference: string | null; posReceipt: string | null; posRevision: number | null };
  lines: FakeLine[];
  payments: FakePayment[];
  fulfillments: { id: string; state: string; lines: { orderLineId: string }[] }[];
  history: { items: { data: { reason: string; lines: readonly { orderLineId: string; quantity: number }[] } }[] };
}

/** A unique field of Vendure's database refuses; the transaction is rolled back. */
export class Unique extends Error {}
/** Something that is named is not there. */
export class Gone extends Error {}

type Made<T> = T | Refusal;
const refusal = (errorCode: string): Refusal => ({ errorCode, message: errorCode });

/** Vendure's own rules of orders, as far as the connector meets them. With `unique` off, nothing is kept from standing twice. */
export function fakeOrders(unique: boolean) {
  const orders = new Map<string, FakeOrder>();
  let last = 0;
  const nextId = (): string => String((last += 1));
  const find = (id: unknown): FakeOrder => {
    const order = orders.get(String(id));
    if (order === undefined) throw new Gone();
    return order;
  };
  const total = (order: FakeOrder): void => {
    order.totalWithTax = order.lines.reduce((sum, line) => sum + line.quantity * line.unitPriceWithTax, 0);
  };
  return {
    all: () => [...orders.values()],
    find,
    create: (): FakeOrder => {
      const id = nextId();
      const customFields = { posReference: null, posReceipt: null, posRevision: null };
      const order: FakeOrder = {
        id,
        code: `C${id}`,
        state: "Draft",
        currencyCode: "EUR",
        totalWithTax: 0,
        customFields,
        lines: [],
        payments: [],
        fulfillments: [],
        history: { items: [] },
      };
      orders.set(id, order);
      return order;
    },
    remove: (id: unknown): void => void (find(id).state === "Draft" && orders.delete(String(id))),
    name: (
      id: unknown,
      fields: { readonly [Name in keyof FakeOrder["customFields"]]?: FakeOrder["customFields"][Name] | undefined },
    ): void => {
      const order = find(id);
      const taken = [...orders.values()].some((other) => other !== order && other.customFields.posReference === fields.posReference);
      if (unique && taken && fields.posReference !== null) throw new Unique("UNIQUE constraint failed: order.customFieldsPosreference");
      const { posReference = null, posReceipt = order.customFields.posReceipt, posRevision = order.customFields.posRevision } = fields;
      order.customFields = { posReference, posReceipt, posRevision };
    },
    addLine: (id: unknown, sku: string, quantity: number, unitPriceWithTax: number, posLine: string): Made<{ __typename: "Order" }> => {
      const order = find(id);
      if (order.state !== "Draft") return refusal("ORDER_MODIFICATION_ERROR");
      const like = order.lines.find(
        (line) => line.productVariant.sku === sku && line.unitPriceWithTax === unitPriceWithTax && line.customFields.posLine === posLine,
      );
      if (like !== undefined) like.quantity += quantity;
      else
        order.lines.push({
          id: nextId(),
          quantity,
          orderPlacedQuantity: 0,
          unitPriceWithTax,
          productVariant: { sku },
          customFields: { posLine },
        });
      total(order);
      return { __typename: "Order" };
    },
    move: (id: unknown, state: string): Made<FakeOrder> => {
      const order = find(id);
      const may =
        (order.state === "Draft" && state === "ArrangingPayment") || (order.state === "ArrangingPayment" && state === "Cancelled");
      if (may) order.state = state;
      return may ? order : refusal("ORDER_STATE_TRANSITION_ERROR");
    },
    pay: (id: unknown): Made<FakeOrder> => {
      const order = find(id);
      if (order.state !== "ArrangingPayment") return refusal("MANUAL_PAYMENT_STATE_ERROR");
      order.state = "PaymentSettled";
      for (const line of order.lines) line.orderPlacedQuantity = line.quantity;
      order.payments.push({ id: nextId(), state: "Settled", amount: order.totalWithTax, refunds: [] });
      return order;
    },
    cancel: (id: unknown, lines: readonly { orderLineId: string; quantity: number }[], reason: string): Made<FakeOrder> => {
      const order = find(id);
      const items = [...order.history.items, { data: { reason, lines } }];
      if (unique && order.history.items.some(({ data }) => data.reason === reason))
        throw new Unique("UNIQUE constraint failed: history_entry.customFieldsPosreference");
      for (const { orderLineId, quantity } of lines) {
        const line = order.lines.find((one) => one.id === orderLineId);
        if (line === undefined || line.quantity < quantity) return refusal("QUANTITY_TOO_GREAT_ERROR");
        line.quantity -= quantity;
      }
      order.history = { items };
      if (order.lines.every((line) => line.quantity === 0)) order.state = "Cancelled";
      total(order);
      return order;
    },
    refund: (paymentId: string, amount: number, reason: string): Made<FakePayment["refunds"][number]> => {
      const payment = [...orders.values()].flatMap((order) => order.payments).find(({ id }) => id === paymentId);
      if (payment === undefined) throw new Gone();
      const left = payment.refunds.reduce((rest, one) => rest - one.total, payment.amount);
      if (amount > left) return refusal("REFUND_AMOUNT_ERROR");
      if (unique && payment.refunds.some((one) => one.reason === reason))
        throw new Unique("UNIQUE constraint failed: refund.customFieldsPosreference");
      const made = { id: nextId(), state: "Settled" as const, total: amount, reason };
      payment.refunds.push(made);
      return made;
    },
    fulfil: (orderLineId: string): Made<FakeOrder["fulfillments"][number]> => {
      const order = [...orders.values()].find(({ lines }) => lines.some(({ id }) => id === orderLineId));
      if (order === undefined) throw new Gone();
      if (order.fulfillments.length > 0) return refusal("ITEMS_ALREADY_FULFILLED_ERROR");
      const made = { id: nextId(), state: "Pending", lines: order.lines.map(({ id }) => ({ orderLineId: id })) };
      order.fulfillments.push(made);
      return made;
    },
    deliver: (id: unknown): Made<FakeOrder["fulfillments"][number]> => {
      const order = [...orders.values()].find(({ fulfillments }) => fulfillments.some((one) => one.id === id));
      const [fulfillment] = order?.fulfillments ?? [];
      if (order === undefined || fulfillment === undefined) throw new Gone();
      if (fulfillment.state === "Delivered") return refusal("FULFILLMENT_STATE_TRANSITION_ERROR");
      fulfillment.state = "Delivered";
      if (order.state !== "Cancelled") order.state = "Delivered";
      return fulfillment;
    },
  };
}

import { transactionSchema, type OrderStatus, type Transaction } from "@tillsync/sync-protocol";
import type { Random } from "../random.ts";
import { posTime, quantityText, type DraftReceipt } from "./build-receipt.ts";
import { nextRecord, pricesIncludeTax, type DayState, type OpenOrder, type OrderPlan } from "./day-state.ts";
import { drawLines, type DraftLine } from "./draw-lines.ts";
import { complete } from "./sell.ts";

/** Whose numbers the day's orders have. */
export const ORDER_SYSTEM = "shop";

type Told = { readonly kind: "receipt"; readonly draft: DraftReceipt } | { readonly kind: "step"; readonly transaction: Transaction };

/** A customer orders goods: at the till, which writes a receipt without money, or in the web shop, which tells a step. */
export function takeOrder(state: DayState): Told {
  const { random } = state;
  const record = nextRecord(state);
  const taxIncluded = pricesIncludeTax(state, record.identity.workstation);
  const lines = Array.from({ length: random.int(1, 3) }, () => drawLines(random, 1, taxIncluded)).flat();
  // The first order of a day is picked up, so that every day has one.
  const life: Life = state.orders.size === 0 ? "pickup" : random.pick(["pickup", "ship", "ship", "cancel"] as const);
  const orderId = `SO-${record.identity.workstation}-${record.identity.sequence}`;
  const order: OpenOrder = { orderId, lines, plans: planLife(random, life, lines) };
  state.openOrders.push(order);
  state.orders.set(orderId, { status: "created", sent: 0 });
  if (life === "ship" && random.chance(50)) return { kind: "step", transaction: tellStep(state, order, { status: "created" }, record) };
  const draft = complete(state, { ...record, lines, order: { orderId, action: "create" } });
  return { kind: "receipt", draft: { ...draft, type: "CustomerOrder", tenders: [] } };
}

/** The next thing that happens to an order, mostly to the oldest one that is open. */
export function stepOrder(state: DayState): Told | undefined {
  const { random } = state;
  const order = random.chance(75) ? state.openOrders[0] : state.openOrders[random.int(0, Math.max(0, state.openOrders.length - 1))];
  const plan = order?.plans.shift();
  if (order === undefined || plan === undefined) return undefined;
  if (order.plans.length === 0) state.openOrders.splice(state.openOrders.indexOf(order), 1);
  const { status } = plan;
  if (status !== "pickup") return { kind: "step", transaction: tellStep(state, order, { ...plan, status }) };
  state.orders.set(order.orderId, { status: "fulfilled", sent: state.orders.get(order.orderId)?.sent ?? 0 });
  return {
    kind: "receipt",
    draft: complete(state, { ...nextRecord(state), lines: order.lines, order: { orderId: order.orderId, action: "pickup" } }),
  };
}

type Life = "pickup" | "ship" | "cancel";

function planLife(random: Random, life: Life, lines: readonly DraftLine[]): OrderPlan[] {
  if (life === "cancel") return [{ status: "confirmed" }, { status: "cancelled", reason: "Customer changed mind" }];
  const late: OrderPlan[] = random.chance(30) ? [{ status: random.pick(["confirmed", "picked"]), late: true }] : [];
  if (life === "pickup") return [{ status: "confirmed" }, { status: "picked" }, ...late, { status: "pickup" }];
  const [first, ...others] = lines;
  const parcels = first === undefined || others.length === 0 ? [lines] : [[first], others];
  const shipped = parcels.map((goods, at) => ({
    status: "shipped" as const,
    goods,
    tracking: `PARCEL-${random.int(10_000, 99_999)}-${at}`,
  }));
  const back: OrderPlan[] = random.chance(20) ? [{ status: "returned", goods: lines.slice(0, 1), reason: "Does not fit" }] : [];
  return [
    { status: "confirmed" },
    { status: "inProduction" },
    { status: "picked" },
    ...late,
    { status: "fulfilled" },
    ...shipped,
    { status: "delivered" },
    ...back,
  ];
}

function tellStep(
  state: DayState,
  { orderId }: OpenOrder,
  plan: OrderPlan & { status: OrderStatus },
  record = nextRecord(state),
): Transaction {
  const { identity, end } = record;
  if (plan.late !== true) state.orders.set(orderId, { status: plan.status, sent: (state.orders.get(orderId)?.sent ?? 0) + 1 });
  const lines = plan.goods?.map(({ item, quantityMilli }) => ({
    itemId: item.itemId,
    gtin: item.gtin,
    quantity: { value: quantityText(quantityMilli), uom: item.uom },
  }));
  return transactionSchema.parse({
    schemaVersion: 1,
    transactionType: "OrderStatus",
    identity,
    status: "completed",
    orderStatus: {
      orderId,
      system: ORDER_SYSTEM,
      status: plan.status,
      ...(lines === undefined ? {} : { lines }),
      ...(plan.tracking === undefined ? {} : { carrier: "POST", tracking: plan.tracking }),
      ...(plan.reason === undefined ? {} : { reason: plan.reason }),
      at: posTime(end),
    },
  });
}

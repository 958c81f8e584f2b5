import { z } from "zod";
import type { Outcome } from "../outcome.ts";
import { callMedusa, postMedusa, type MedusaLine } from "./line.ts";
import type { PlannedGive } from "./plan.ts";
import { CHANGE_FIELDS, changeSchema, returnSchema, type Change, type Order } from "./shapes.ts";

interface ReturnedItem {
  readonly id: string;
  readonly quantity: number;
}

/** The return at an order that bears our reference; one that was called off does not count. */
export const returnOf = (order: Order, reference: string) =>
  order.returns?.find(({ metadata, status }) => metadata?.["pos_reference"] === reference && status !== "canceled");

/** Whether the goods are back, or none of them were the order's. */
export function isReturned(order: Order, reference: string, wanted: PlannedGive["items"]): boolean {
  const found = returnOf(order, reference);
  return found === undefined ? allocate(order, wanted).length === 0 : found.status === "received";
}

/**
 * Takes goods of an order back by Medusa's return: requested, confirmed, received. An order has one change under way at a
 * time, so that a second return cannot be begun beside it; what was entered is read before it is confirmed.
 */
export async function bringReturn(
  line: MedusaLine,
  order: Order,
  wanted: PlannedGive["items"],
  { reference, location }: { readonly reference: string; readonly location: string },
): Promise<Outcome<null>> {
  if (isReturned(order, reference, wanted)) return { kind: "ok", value: null };
  const known = returnOf(order, reference);
  const begun = known === undefined ? await begin(line, order, reference, location) : { kind: "ok" as const, value: known };
  if (begun.kind !== "ok") return begun;
  const { id, status } = begun.value;
  const requested = (known?.items ?? []).map((item) => ({ id: item.item_id, quantity: item.quantity }));
  const items = requested.length > 0 ? requested : allocate(order, wanted);
  if (status === "open") {
    const entered = await enter(line, order.id, id, items, REQUEST);
    if (entered.kind !== "ok") return entered;
  }
  return enter(line, order.id, id, items, RECEIVE);
}

async function begin(line: MedusaLine, order: Order, reference: string, location: string): Promise<Outcome<z.infer<typeof returnSchema>>> {
  const body = { order_id: order.id, location_id: location, no_notification: true, metadata: { pos_reference: reference } };
  const made = await callMedusa(line, { method: "POST", path: "/admin/returns", body }, z.object({ return: returnSchema }));
  if (made.kind !== "ok") return made;
  const isOurs = made.value.return.metadata?.["pos_reference"] === reference;
  return isOurs ? { kind: "ok", value: made.value.return } : { kind: "uncertain", detail: "the answer is another's return" };
}

/** The two halves of a return: each a change of the order that is begun, filled and confirmed. */
interface Half {
  readonly change: string;
  readonly action: string;
  /** Undefined: the change was begun with the return. */
  readonly begin: string | undefined;
  readonly enter: string;
  readonly confirm: string;
  readonly cancel: string;
}
const REQUEST: Half = {
  change: "return_request",
  action: "RETURN_ITEM",
  begin: undefined,
  enter: "request-items",
  confirm: "request",
  cancel: "request",
};
const RECEIVE: Half = {
  change: "return_receive",
  action: "RECEIVE_RETURN_ITEM",
  begin: "receive",
  enter: "receive-items",
  confirm: "receive/confirm",
  cancel: "receive",
};

async function enter(line: MedusaLine, orderId: string, id: string, items: readonly ReturnedItem[], half: Half): Promise<Outcome<null>> {
  const post = (step: string, body: unknown) => postMedusa(line, `/admin/returns/${id}/${step}`, body, { field: "return", id });
  let change = await readChange(line, orderId, id, half);
  if (change.kind !== "ok") return change;
  if (change.value === undefined && half.begin !== undefined) {
    const begun = await post(half.begin, {});
    if (begun.kind !== "ok") return begun;
  }
  if (enteredIn(change.value, half).length === 0) {
    const entered = await post(half.enter, { items });
    change = entered.kind === "ok" || entered.kind === "rejected" ? await readChange(line, orderId, id, half) : entered;
    if (change.kind !== "ok") return change;
    // A refusal of what has just arrived a second time leaves it entered once.
    if (entered.kind !== "ok" && enteredIn(change.value, half).length === 0) return entered;
  }
  if (!isSame(enteredIn(change.value, half), items)) {
    const path = `/admin/returns/${id}/${half.cancel}`;
    const called = await callMedusa(line, { method: "DELETE", path }, z.object({ id: z.literal(id), deleted: z.literal(true) }));
    return called.kind === "ok" ? { kind: "theirs", detail: "the return held other goods, and is begun anew" } : called;
  }
  return post(half.confirm, {});
}

async function readChange(line: MedusaLine, orderId: string, returnId: string, { change }: Half): Promise<Outcome<Change | undefined>> {
  const request = { method: "GET" as const, path: `/admin/orders/${orderId}/changes`, query: { fields: CHANGE_FIELDS } };
  const read = await callMedusa(line, request, z.object({ order_changes: z.array(changeSchema) }));
  if (read.kind !== "ok") return read;
  const isOurs = (one: Change): boolean =>
    one.return_id === returnId && one.change_type === change && (one.status === "pending" || one.status === "requested");
  return { kind: "ok", value: read.value.order_changes.find(isOurs) };
}

const enteredIn = (change: Change | undefined, { action }: Half): ReturnedItem[] =>
  (change?.actions ?? [])
    .filter((one) => one.action === action)
    .map(({ details }) => ({ id: details?.reference_id ?? "", quantity: details?.quantity ?? 0 }));

const isSame = (a: readonly ReturnedItem[], b: readonly ReturnedItem[]): boolean => {
  const text = (items: readonly ReturnedItem[]): string =>
    JSON.stringify(items.map(({ id, quantity }) => `${id} ${quantity}`).toSorted((a, b) => (a < b ? -1 : 1)));
  return text(a) === text(b);
};

/** Items of the order that can come back, as many as were wanted; what exceeds them is told by the money alone. */
function allocate(order: Order, wanted: PlannedGive["items"]): ReturnedItem[] {
  const there = order.items.map(({ id, quantity, metadata, detail: d }) => ({
    id,
    item: metadata?.["pos_item"],
    quantity: quantity - d.return_requested_quantity - d.return_received_quantity - d.return_dismissed_quantity - d.written_off_quantity,
  }));
  if (wanted === undefined) return there.filter(({ quantity }) => quantity > 0).map(({ id, quantity }) => ({ id, quantity }));
  const taken = new Map<string, number>();
  for (const { itemId, units } of wanted) {
    let open = units;
    for (const line of there.filter(({ item }) => item === itemId)) {
      const some = Math.min(open, line.quantity);
      if (some <= 0) continue;
      taken.set(line.id, (taken.get(line.id) ?? 0) + some);
      line.quantity -= some;
      open -= some;
    }
  }
  return [...taken].map(([id, quantity]) => ({ id, quantity }));
}

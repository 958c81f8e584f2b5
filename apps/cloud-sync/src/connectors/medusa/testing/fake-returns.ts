import type { FakeAnswer } from "../../testing/vendor-fake/vendor-rules.ts";
import { refuse, type FakeOrder, type FakeReturn, type FakeChange } from "./fake-orders.ts";

interface Wish {
  readonly id: string;
  readonly quantity: number;
}

const ACTIVE = ["pending", "requested"];
const done = (found: FakeReturn): FakeAnswer => ({ status: 200, body: { return: structuredClone(found) } });

/** Returns of a Medusa's orders: one change of an order under way at a time. */
export function fakeReturns(orders: () => readonly FakeOrder[]) {
  const activeOf = (order: FakeOrder): FakeChange | undefined => order.changes.find(({ status }) => ACTIVE.includes(status));
  const change = (order: FakeOrder, returnId: string, type: string): void => {
    order.changes.push({
      id: `ordch_${order.id}_${order.changes.length}`,
      status: "pending",
      change_type: type,
      return_id: returnId,
      actions: [],
    });
  };
  const find = (id: string): { order: FakeOrder; found: FakeReturn } | undefined => {
    for (const order of orders()) for (const found of order.returns) if (found.id === id) return { order, found };
    return undefined;
  };
  const begin = (body: { order_id: string; metadata?: Record<string, unknown> }): FakeAnswer => {
    const order = orders().find(({ id, is_draft_order }) => id === body.order_id && !is_draft_order);
    if (order === undefined) return refuse(404, "no such order");
    if (activeOf(order) !== undefined) return refuse(400, `Order (${order.id}) already has an existing active order change`);
    const made: FakeReturn = { id: `return_${order.id}_${order.returns.length}`, status: "open", metadata: body.metadata ?? {}, items: [] };
    order.returns.push(made);
    change(order, made.id, "return_request");
    return done(made);
  };
  const enter =
    (action: string, type: string, most: (order: FakeOrder, found: FakeReturn, id: string) => number) =>
    (id: string, items: readonly Wish[]) => {
      const there = find(id);
      const active = there === undefined ? undefined : activeOf(there.order);
      if (there === undefined || active?.change_type !== type || active.return_id !== id)
        return refuse(400, "An active Order Change is required to proceed");
      for (const item of items) {
        const entered = active.actions
          .filter(({ details }) => details.reference_id === item.id)
          .reduce((all, { details }) => all + details.quantity, 0);
        if (entered + item.quantity > most(there.order, there.found, item.id)) return refuse(400, "more items than there are");
      }
      active.actions.push(...items.map((item) => ({ action, details: { reference_id: item.id, quantity: item.quantity } })));
      return done(there.found);
    };
  const confirm = (type: string, apply: (order: FakeOrder, found: FakeReturn, items: readonly Wish[]) => void) => (id: string) => {
    const there = find(id);
    const active = there === undefined ? undefined : activeOf(there.order);
    if (there === undefined || active?.change_type !== type || active.return_id !== id || active.actions.length === 0)
      return refuse(400, "An active Order Change is required to proceed");
    apply(
      there.order,
      there.found,
      active.actions.map(({ details }) => ({ id: details.reference_id, quantity: details.quantity })),
    );
    active.status = "confirmed";
    return done(there.found);
  };
  const callOff =
    (type: string) =>
    (id: string): FakeAnswer => {
      const there = find(id);
      const active = there === undefined ? undefined : activeOf(there.order);
      if (there === undefined || active?.change_type !== type) return refuse(400, "An active Order Change is required to proceed");
      there.order.changes = there.order.changes.filter((one) => one !== active);
      if (type === "return_request") there.order.returns = there.order.returns.filter((one) => one !== there.found);
      return { status: 200, body: { id, object: "return", deleted: true } };
    };
  return {
    begin,
    requestItems: enter("RETURN_ITEM", "return_request", (order, _found, id) => {
      const item = order.items.find((one) => one.id === id);
      return item === undefined
        ? 0
        : item.detail.fulfilled_quantity - item.detail.return_requested_quantity - item.detail.return_received_quantity;
    }),
    request: confirm("return_request", (order, found, items) => {
      found.status = "requested";
      found.items = items.map(({ id, quantity }) => ({ item_id: id, quantity }));
      for (const { id, quantity } of items) itemOf(order, id).return_requested_quantity += quantity;
    }),
    receive: (id: string): FakeAnswer => {
      const there = find(id);
      if (there === undefined) return refuse(404, "no such return");
      if (activeOf(there.order) !== undefined) return refuse(400, `Order (${there.order.id}) already has an existing active order change`);
      change(there.order, id, "return_receive");
      return done(there.found);
    },
    receiveItems: enter(
      "RECEIVE_RETURN_ITEM",
      "return_receive",
      (_order, found, id) => found.items.find((one) => one.item_id === id)?.quantity ?? 0,
    ),
    confirm: confirm("return_receive", (order, found, items) => {
      found.status = "received";
      for (const { id, quantity } of items) {
        itemOf(order, id).return_requested_quantity -= quantity;
        itemOf(order, id).return_received_quantity += quantity;
      }
    }),
    callOffRequest: callOff("return_request"),
    callOffReceive: callOff("return_receive"),
  };
}

const itemOf = (order: FakeOrder, id: string): FakeOrder["items"][number]["detail"] => {
  const item = order.items.find((one) => one.id === id);
  if (item === undefined) throw new Error("no such item");
  return item.detail;
};

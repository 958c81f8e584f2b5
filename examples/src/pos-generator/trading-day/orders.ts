import type { DraftReceipt } from "./build-receipt.ts";
import { nextRecord, pricesIncludeTax, type DayState } from "./day-state.ts";
import { drawLines } from "./draw-lines.ts";
import { complete } from "./sell.ts";

/** A customer orders goods that are not there: nothing is paid, nothing leaves yet. */
export function takeOrder(state: DayState): DraftReceipt {
  const { identity, end } = nextRecord(state);
  const lines = drawLines(state.random, state.random.int(1, 3), pricesIncludeTax(state, identity.workstation));
  const orderId = `SO-${identity.workstation}-${identity.sequence}`;
  state.openOrders.push({ orderId, lines });
  return {
    ...complete(state, { identity, end, lines, order: { orderId, action: "create" } }),
    type: "CustomerOrder",
    tenders: [],
  };
}

/** The oldest open order is picked up and paid: that is the sale. */
export function stepOrder(state: DayState): DraftReceipt | undefined {
  const order = state.openOrders.shift();
  if (order === undefined) return undefined;
  return complete(state, { ...nextRecord(state), lines: order.lines, order: { orderId: order.orderId, action: "pickup" } });
}

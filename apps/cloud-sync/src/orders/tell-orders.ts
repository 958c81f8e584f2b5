import { moveOrder, type OrderStatus } from "@tillsync/sync-protocol";
import type { OrderEvent, TimedStep } from "./told-order.ts";

/** What becomes of a transaction that tells of orders. `refused`: a step that cannot have happened, and why. */
export type Telling =
  | { readonly kind: "taken"; readonly events: readonly OrderEvent[] }
  | { readonly kind: "refused"; readonly detail: string };

/**
 * Moves the orders in `states` by the steps of one transaction, in their order. A step that is forbidden refuses the
 * transaction, and nothing is moved then; but a receipt is never refused, since its goods and money did move: its step is
 * recorded as forbidden, and the order stays where it is.
 */
export function tellOrders(states: Map<string, OrderStatus | undefined>, steps: readonly TimedStep[]): Telling {
  const events: OrderEvent[] = [];
  const moved = new Map<string, OrderStatus>();
  for (const step of steps) {
    const current = moved.get(step.key) ?? states.get(step.key);
    const move = moveOrder(current, step);
    if (move.kind === "forbidden" && !step.byReceipt)
      return { kind: "refused", detail: `${step.key} stands at ${current ?? "nothing"}, told ${step.status}: ${move.reason}` };
    if (move.kind === "applied") moved.set(step.key, step.status);
    events.push({ step, outcome: move.kind });
  }
  for (const [key, status] of moved) states.set(key, status);
  return { kind: "taken", events };
}

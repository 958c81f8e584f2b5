import type { OrderMove, OrderStatus, ToldStep } from "@tillsync/sync-protocol";

/** A step of an order with when the shop says that it was. */
export interface TimedStep extends ToldStep {
  readonly at: string | undefined;
}

/** Where orders stand, by key; undefined: nothing of it was taken up yet. */
export type OrderStates = ReadonlyMap<string, OrderStatus | undefined>;

/** What became of a step that was taken up. */
export interface OrderEvent {
  readonly step: TimedStep;
  readonly outcome: OrderMove["kind"];
}

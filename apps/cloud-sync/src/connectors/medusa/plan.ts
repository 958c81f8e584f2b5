import type { MissingCode } from "../connector.ts";
import type { PointsMovement } from "../loyalty/plan-movements.ts";

/** A line of an order. Its price is in minor units and may be below zero. */
export interface PlannedLine {
  /** How the till calls the item; undefined: an extra, such as a discount. */
  readonly itemId: string | undefined;
  /** Of the variant whose stock moves; undefined: the line bears a name alone. */
  readonly sku: string | undefined;
  readonly title: string;
  readonly units: number;
  readonly price: bigint;
}

/**
 * `sale`: goods that were sold and paid. `resale`: what came back, sold again since the return is taken back. `owed`:
 * money that went out and that no payment here gives back: an order below zero.
 */
export type OrderPart = "sale" | "resale" | "owed";

export interface PlannedOrder {
  readonly reference: string;
  readonly part: OrderPart;
  readonly currency: string;
  readonly exponent: number;
  readonly total: bigint;
  /** Id of the stock location that goods leave and come back to. */
  readonly location: string;
  readonly lines: readonly PlannedLine[];
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** Goods and money of one sale's order that went back. */
export interface PlannedGive {
  /** The order: that of a receipt, by natural key, or the one under a reference of ours. */
  readonly from: { readonly sale: string } | { readonly reference: string };
  /** Undefined: all that is left of the order. */
  readonly items: readonly { readonly itemId: string; readonly units: number }[] | undefined;
  readonly amount: bigint;
}

/** What one planned document becomes. */
export interface MedusaDocument {
  readonly reference: string;
  readonly naturalKey: string;
  readonly order: PlannedOrder | undefined;
  readonly gives: readonly PlannedGive[];
  /** The order of what is owed, for goods that name no sale; `gives` that no payment covers are added to it. */
  readonly owed: PlannedOrder;
}

export interface Plan {
  readonly documents: readonly MedusaDocument[];
  readonly movements: readonly PlannedMovement[];
}

export interface PlannedMovement extends PointsMovement {
  /** Id of the member's store credit account. */
  readonly account: string;
}

export type Planned =
  | { readonly kind: "plan"; readonly plan: Plan }
  | { readonly kind: "nothing"; readonly reason: string }
  | { readonly kind: "mapping-missing"; readonly missing: readonly MissingCode[] }
  | { readonly kind: "rejected"; readonly detail: string };

import type { PointsMovement } from "../loyalty/plan-movements.ts";

/** Square's money: minor units as a JSON number. */
export interface Money {
  readonly amount: number;
  readonly currency: string;
}

/** A payment of an order; our reference is its idempotency key as well. */
export interface PlannedPayment {
  readonly reference: string;
  /** Without its tip. */
  readonly money: Money;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Money back. `linkedTo`: our reference of the payment that is taken back; without it the refund stands for itself. */
export interface PlannedRefund {
  readonly reference: string;
  readonly linkedTo: string | undefined;
  readonly money: Money;
  readonly body: Readonly<Record<string, unknown>>;
}

/** What one planned document becomes at Square: an order with its payments, refunds, or both. */
export interface SquareDocument {
  readonly reference: string;
  /** Reference of the document that is taken back, and the receipt that it belongs to. */
  readonly of: { readonly reference: string; readonly naturalKey: string; readonly day: string } | undefined;
  readonly location: string;
  readonly order:
    | { readonly total: Money; readonly body: Readonly<Record<string, unknown>>; readonly payments: readonly PlannedPayment[] }
    | undefined;
  readonly refunds: readonly PlannedRefund[];
  /** Goods that come back into stock, by item variation. */
  readonly restock: readonly { readonly variation: string; readonly quantity: string }[];
}

/** One movement of a gift card's money. `of`: the redemption that a refund takes back, as the POS names it. */
export interface PlannedActivity {
  readonly kind: "activity";
  readonly reference: string;
  readonly type: "REDEEM" | "REFUND" | "LOAD";
  readonly card: string;
  readonly location: string;
  readonly money: Money;
  readonly of?: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** All of an item, in the order in which it is done. */
export interface SquarePlan {
  readonly documents: readonly SquareDocument[];
  readonly movements: readonly PointsMovement[];
  readonly activities: readonly PlannedActivity[];
  readonly location: string;
  readonly currency: string;
}

import type { MissingCode } from "../connector.ts";

export interface Money {
  readonly centAmount: number;
  readonly currencyCode: string;
}

/** Money that came in (`Charge`) or went out (`Refund`), once: its key is unique. */
export interface PlannedPayment {
  readonly key: string;
  readonly type: "Charge" | "Refund";
  readonly amount: Money;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Goods of one sale that came back, by how its order calls them. */
export interface PlannedReturn {
  /** Natural key of the sale. */
  readonly sale: string;
  readonly items: readonly { readonly code: string; readonly units: number }[];
}

/** What one planned document becomes. A reversal bears the parts of what it takes back. */
export interface CommercetoolsDocument {
  readonly role: "post" | "reverse";
  readonly reference: string;
  /** Reference of the document whose parts these are. */
  readonly of: string;
  readonly naturalKey: string;
  readonly order: { readonly total: Money; readonly body: Readonly<Record<string, unknown>> } | undefined;
  /** Of the order. */
  readonly payments: readonly PlannedPayment[];
  /** Money back for goods that came back. */
  readonly refunds: readonly PlannedPayment[];
  readonly returns: readonly PlannedReturn[];
}

export type Planned =
  | { readonly kind: "plan"; readonly documents: readonly CommercetoolsDocument[] }
  | { readonly kind: "nothing"; readonly reason: string }
  | { readonly kind: "mapping-missing"; readonly missing: readonly MissingCode[] }
  | { readonly kind: "rejected"; readonly detail: string };

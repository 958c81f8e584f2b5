import type { Amount } from "@tillsync/sync-protocol";

/** A line of a sale in Tryton's terms, by codes. */
export interface MappedLine {
  readonly product: string;
  /** Decimal text; below zero for goods that come back. */
  readonly quantity: string;
  /** Symbol of the unit; undefined: the product's own. */
  readonly unit: string | undefined;
  /** Without tax, for one unit; decimal text. */
  readonly unitPrice: string;
  /** Names of the taxes that Tryton puts on it. */
  readonly taxes: readonly string[];
  readonly description: string;
  /** By how much Tryton's amounts for the line may differ from the till's, in minor units. */
  readonly slack: number;
}

/** One sale in Tryton: a receipt as it was posted, or all of it taken back. */
export interface MappedSale {
  readonly document: "sale";
  readonly reference: string;
  /** Reference of the sale that this one takes back in full. */
  readonly reverses: string | undefined;
  /** Natural key of the receipt, and of the one that its first return names. */
  readonly description: string;
  readonly returnsOf: string | undefined;
  readonly warehouse: string;
  readonly customer: string;
  readonly currency: string;
  readonly exponent: number;
  readonly day: string;
  /** What the customer owed, to the cent. */
  readonly total: Amount;
  readonly roundingProduct: string;
  readonly lines: readonly MappedLine[];
  /** What came in by each payment method; below zero: went out. They sum to the total. */
  readonly payments: readonly { readonly method: string; readonly amount: Amount }[];
}

export interface MappedGoods {
  readonly product: string;
  /** Decimal text. */
  readonly quantity: string;
  readonly unit: string | undefined;
}

/** A count: what is there now. */
export interface MappedCount {
  readonly document: "count";
  readonly reference: string;
  readonly warehouse: string;
  readonly day: string;
  readonly goods: readonly MappedGoods[];
}

/** Goods between the store's stock and another location; quantities are above zero. */
export interface MappedMovement {
  readonly document: "movement";
  readonly reference: string;
  /** Reference of the movement that this one takes back in full. */
  readonly reverses: string | undefined;
  readonly warehouse: string;
  readonly day: string;
  readonly direction: "in" | "out";
  /** Code of the other location; undefined: the warehouse's lost and found. */
  readonly counterLocation: string | undefined;
  readonly goods: readonly MappedGoods[];
}

export type MappedDocument = MappedSale | MappedCount | MappedMovement;

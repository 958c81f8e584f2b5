/** What Vendure is to hold for one document of ours, as far as that can be told without asking it. */
export interface VendurePlan {
  /** Unique in Vendure: field `posReference` of the order, reason of refunds and cancellations. */
  readonly reference: string;
  readonly naturalKey: string;
  readonly revision: number;
  readonly role: "post" | "reverse";
  /** Signed minor units: what order and refunds together come to. */
  readonly total: bigint;
  readonly currency: string;
  readonly store: string;
  readonly soldAt: string | undefined;
  readonly customer: string;
  readonly tenders: readonly { readonly type: string; readonly amount: string }[];
  /** What earlier orders give back. */
  readonly refunds: readonly PlannedRefund[];
  /** An order of its own; none when it has no lines and the refunds come to `total`. */
  readonly lines: readonly PlannedLine[];
  /** SKU of the collective item for money given back that no earlier order can give. */
  readonly returnSku: string;
}

/** A line of an order; Vendure keeps lines apart whose `line` or price differ. */
export interface PlannedLine {
  /** Number of the receipt's line, or the role of a collective one. */
  readonly line: string;
  readonly sku: string;
  readonly quantity: number;
  /** Minor units, tax included. */
  readonly unitPrice: number;
  /** What the till counted, where Vendure counts one: `0.425 KGM`. */
  readonly counted?: string;
}

export interface PlannedRefund {
  /** The order of a receipt's latest revision, or the order with exactly that reference. */
  readonly of: { readonly receipt: string } | { readonly reference: string };
  /** Minor units, not negative. */
  readonly amount: bigint;
  /** Goods that come back. `all`: whatever is left of the order. */
  readonly goods: "all" | readonly ReturnedGoods[];
  /** Reference of the order that sold them again, when an earlier revision of the return was taken back. */
  readonly orElse?: string;
}

export interface ReturnedGoods {
  readonly sku: string;
  /** Number of the line that it was bought with, where the till names it. */
  readonly line: string | undefined;
  readonly quantity: number;
}

export const orderTotal = (lines: readonly PlannedLine[]): bigint =>
  lines.reduce((sum, line) => sum + BigInt(line.quantity) * BigInt(line.unitPrice), 0n);

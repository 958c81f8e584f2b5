import type { Article, BasisPoints } from "./store-profile.ts";

/** Where and when: the part that every transaction of a till has. Times are the till's own wall clock, without a zone. */
export interface Header {
  readonly store: string;
  readonly workstation: string;
  readonly businessDay: string;
  readonly sequence: number;
  readonly begin: string;
  readonly end: string;
  readonly operator: string;
  readonly currency: string;
  readonly exponent: number;
}

export interface ReceiptLink {
  readonly store: string;
  readonly workstation: string;
  readonly businessDay: string;
  readonly sequence: number;
}

/** Amounts and quantities are signed from the customer's debt: what makes it smaller is negative. */
export interface ItemLine {
  readonly action: "sale" | "return" | "void";
  readonly article: Article;
  readonly entry: "Scanned" | "Keyed";
  /** Thousandths of a piece, kilogram or pound. */
  readonly quantityMilli: bigint;
  readonly unitPrice: bigint;
  /** What a price change took off; already inside `extended`. Has the sign of `extended`. */
  readonly discount: bigint;
  readonly extended: bigint;
  /** Zero-based place in `items` of the line that a void takes back. */
  readonly voids?: number;
  readonly returnOf?: ReceiptLink & { readonly line: number };
  readonly reason?: string;
}

export interface TaxLine {
  readonly rate: BasisPoints;
  readonly taxable: bigint;
  readonly amount: bigint;
}

export type TenderKind = "cash" | "card" | "giftCard" | "foreignCash";

/** `amount` is signed from the store's view: given by the customer is positive, change and refunds are negative. */
export interface TenderLine {
  readonly kind: TenderKind;
  readonly use: "sale" | "refund" | "change";
  readonly amount: bigint;
  readonly foreign?: { readonly currency: string; readonly amount: bigint; readonly rateMillionths: bigint };
  readonly card?: { readonly scheme: string; readonly last4: string; readonly authorization: string };
  readonly giftCardLast4?: string;
}

export interface Receipt {
  readonly type: "retail";
  readonly header: Header;
  readonly status: "completed" | "cancelled" | "suspended" | "postVoided";
  readonly training: boolean;
  readonly items: readonly ItemLine[];
  /** A discount on the whole receipt: positive, taken off. */
  readonly discount: bigint;
  readonly taxes: readonly TaxLine[];
  readonly tenders: readonly TenderLine[];
  readonly grand: bigint;
  readonly member?: string;
  readonly resumes?: ReceiptLink;
  readonly voids?: ReceiptLink;
}

export interface ControlEvent {
  readonly type: "control";
  readonly header: Header;
  readonly kind: "signOn" | "signOff" | "noSale" | "zReport";
  readonly report?: ZReport;
}

/** The till's own totals of its day, as it prints them at the end. */
interface ZReport {
  readonly number: number;
  readonly receipts: number;
  readonly grand: bigint;
  readonly byTender: ReadonlyMap<TenderKind, bigint>;
}

export interface MoneyMovement {
  readonly type: "money";
  readonly header: Header;
  readonly kind: "paidIn" | "paidOut";
  readonly amount: bigint;
  readonly reason: string;
}

export type TillTransaction = Receipt | ControlEvent | MoneyMovement;

/** A receipt whose money counts: completed or taking one back, and no training. */
export const counts = (transaction: TillTransaction): transaction is Receipt =>
  transaction.type === "retail" && (transaction.status === "completed" || transaction.status === "postVoided") && !transaction.training;

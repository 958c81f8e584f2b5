import type { Line, Pseudonym } from "@tillsync/sync-protocol";

/** An article of the trading day. Small and closed, so that a real server can be filled with exactly these. */
export interface AssortmentItem {
  readonly itemId: string;
  /** 14 digits, check digit right. */
  readonly gtin: string;
  readonly description: string;
  readonly department: string;
  readonly itemType: Line["itemType"];
  /** `KGM`: sold by weight to the gram. */
  readonly uom: "EA" | "KGM";
  /** Euro cents for one `uom`, tax included. */
  readonly priceCents: number;
  /** Percent. */
  readonly taxRate: TaxRate;
}

export const TAX_RATES = ["19", "7", "0"] as const;
export type TaxRate = (typeof TAX_RATES)[number];

const item = (
  itemId: string,
  description: string,
  department: string,
  priceCents: number,
  taxRate: TaxRate,
  more: Partial<Pick<AssortmentItem, "itemType" | "uom">> = {},
): AssortmentItem => ({
  itemId,
  gtin: withCheckDigit(`0400009${itemId.padStart(6, "0")}`),
  description,
  department,
  itemType: "stock",
  uom: "EA",
  priceCents,
  taxRate,
  ...more,
});

/** GS1 check digit of a 13-digit body: weights 3 and 1 in turn from the left. */
function withCheckDigit(body: string): string {
  const weighted = Array.from(body).reduce((total, digit, at) => total + Number(digit) * (at % 2 === 0 ? 3 : 1), 0);
  return `${body}${(10 - (weighted % 10)) % 10}`;
}

/** Paid on top of every bottle, as a line of its own below the bottle's. */
export const BOTTLE_DEPOSIT = item("30900", "Deposit bottle", "900", 25, "19", { itemType: "deposit" });
/** What `BOTTLE_DEPOSIT` goes with. */
export const BOTTLE = item("30107", "Mineral water 1 l", "150", 79, "19");

export const ASSORTMENT = [
  item("30101", "Milk 1 l", "110", 129, "7"),
  item("30102", "Farmhouse loaf 750 g", "120", 395, "7"),
  item("30103", "Eggs, 10", "110", 349, "7"),
  item("30104", "Apples, loose", "130", 299, "7", { uom: "KGM" }),
  item("30105", "Tomatoes on the vine", "130", 349, "7", { uom: "KGM" }),
  item("30106", "Gouda, cut", "140", 1_290, "7", { uom: "KGM" }),
  BOTTLE,
  item("30108", "Crème brûlée, 2", "160", 399, "7"),
  item("30109", "Kitchen paper, 4", "210", 345, "19"),
  item("30110", "Soap & sponge", "210", 289, "19"),
  item("30111", "Frying pan 28 cm", "220", 2_995, "19"),
  item("30112", "Candles, 12", "230", 649, "19"),
  item("30113", "Notebook A5", "240", 799, "19"),
  item("30114", "Greeting card", "240", 350, "19"),
  item("30115", "Newspaper", "250", 220, "7"),
  item("30116", "Coffee to go", "160", 310, "19"),
  item("30117", "Screws, loose", "260", 1_195, "19", { uom: "KGM" }),
  item("30118", "Gift wrapping", "290", 199, "19", { itemType: "service" }),
  item("30119", "Postage stamps", "290", 950, "0", { itemType: "other" }),
  item("30120", "Donation to the food bank", "290", 100, "0", { itemType: "donation" }),
  BOTTLE_DEPOSIT,
] as const satisfies readonly AssortmentItem[];

export const CURRENCY = "EUR";

/** All tender types of the day. Cards have one of `CARD_SCHEMES`. */
export const TENDERS = ["cash", "card", "giftCard", "voucher"] as const;
export type TenderType = (typeof TENDERS)[number];
export const CARD_SCHEMES = ["GIROCARD", "VISA", "MASTERCARD"] as const;

export const PROGRAMME = "CLUB";
/** Every one of `MEMBERS` has these before the day; with them no order of the day's movements takes an account below zero. */
export const OPENING_POINTS = 5_000;

const memberRef = (number: number): Pseudonym => `demo-member-${String(number).padStart(10, "0")}` as Pseudonym;

/** Pseudonyms of the members that the shop has before the day. */
export const MEMBERS: readonly Pseudonym[] = Array.from({ length: 30 }, (_, at) => memberRef(at + 1));
/** Those who join during it, in this order, as far as the day gets; with no points. */
export const NEW_MEMBERS: readonly Pseudonym[] = Array.from({ length: 4 }, (_, at) => memberRef(at + 101));

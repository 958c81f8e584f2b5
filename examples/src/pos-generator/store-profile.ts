/** A tax rate in hundredths of a percent: 825 is 8.25 %. */
export type BasisPoints = number;

export interface Article {
  readonly id: string;
  readonly gtin: string;
  readonly description: string;
  readonly department: string;
  /** Minor units for one piece, or for one kilogram (or pound) when `weighed`. */
  readonly price: bigint;
  readonly weighed: boolean;
  readonly taxRate: BasisPoints;
}

/** What differs between the shops of two countries. */
export interface StoreProfile {
  readonly currency: string;
  readonly exponent: number;
  /** `excluded`: tax is added at the end, as in the US. `included`: shelf prices hold it, as in the EU. */
  readonly tax: "excluded" | "included";
  readonly taxType: "Sales" | "VAT";
  readonly weightUnit: "LBR" | "KGM";
  /** Notes that customers hand over, in minor units, smallest first. */
  readonly notes: readonly [bigint, ...bigint[]];
  /** Money of a neighbour that the shop takes: one `note` of it is worth `note * rateMillionths / 1e6` here. */
  readonly foreign: { readonly currency: string; readonly note: bigint; readonly rateMillionths: bigint };
  readonly articles: readonly [Article, ...Article[]];
}

const article = (id: number, description: string, department: string, price: bigint, taxRate: BasisPoints, weighed = false): Article => ({
  id: String(id),
  gtin: withCheckDigit(`0400000${String(id).padStart(5, "0")}`),
  description,
  department,
  price,
  weighed,
  taxRate,
});

/** GS1 check digit of a 12-digit body: weights 1 and 3 in turn from the left. */
function withCheckDigit(body: string): string {
  const weighted = Array.from(body).reduce((total, digit, at) => total + Number(digit) * (at % 2 === 0 ? 1 : 3), 0);
  return `${body}${(10 - (weighted % 10)) % 10}`;
}

const US: StoreProfile = {
  currency: "USD",
  exponent: 2,
  tax: "excluded",
  taxType: "Sales",
  weightUnit: "LBR",
  notes: [100n, 500n, 1_000n, 2_000n, 5_000n, 10_000n],
  foreign: { currency: "CAD", note: 2_000n, rateMillionths: 712_500n },
  articles: [
    article(10101, "WHOLE MILK 1 GAL", "11", 419n, 0),
    article(10102, "SOURDOUGH LOAF", "12", 549n, 0),
    article(10103, "EGGS LARGE 12 CT", "11", 389n, 0),
    article(10104, "BANANAS", "13", 69n, 0, true),
    article(10105, "HONEYCRISP APPLES", "13", 329n, 0, true),
    article(10106, "DELI TURKEY SLICED", "14", 1_099n, 0, true),
    article(10107, "SPARKLING WATER 8 PK", "15", 599n, 825),
    article(10108, "ROOT BEER 2 L", "15", 249n, 825),
    article(10109, "PAPER TOWELS 6 CT", "21", 1_149n, 825),
    article(10110, "DISH SOAP & SPONGE", "21", 475n, 825),
    article(10111, 'SKILLET 10" CAST IRON', "22", 2_999n, 825),
    article(10112, "AA BATTERIES 16 CT", "23", 1_699n, 825),
    article(10113, "DOG TREATS <GRAIN FREE>", "24", 899n, 825),
    article(10114, "BIRTHDAY CARD", "25", 499n, 825),
  ],
};

const EU: StoreProfile = {
  currency: "EUR",
  exponent: 2,
  tax: "included",
  taxType: "VAT",
  weightUnit: "KGM",
  notes: [100n, 500n, 1_000n, 2_000n, 5_000n, 10_000n],
  foreign: { currency: "CHF", note: 2_000n, rateMillionths: 1_064_300n },
  articles: [
    article(20101, "Vollmilch 3,5 % 1 l", "110", 129n, 700),
    article(20102, "Bauernbrot 750 g", "120", 395n, 700),
    article(20103, "Eier Freiland 10 St.", "110", 349n, 700),
    article(20104, "Äpfel Elstar lose", "130", 299n, 700, true),
    article(20105, "Tomaten an der Rispe", "130", 349n, 700, true),
    article(20106, "Gouda jung am Stück", "140", 1_290n, 700, true),
    article(20107, "Mineralwasser 6 x 1 l", "150", 474n, 1_900),
    article(20108, "Crème brûlée 2 St.", "160", 399n, 700),
    article(20109, "Küchenrolle 4 St.", "210", 345n, 1_900),
    article(20110, "Spülmittel & Schwamm", "210", 289n, 1_900),
    article(20111, "Pfanne 28 cm", "220", 2_995n, 1_900),
    article(20112, "Kerzen 12 St.", "230", 649n, 1_900),
    article(20113, "Notizbuch A5", "240", 799n, 1_900),
    article(20114, "Grußkarte", "240", 350n, 1_900),
  ],
};

export const STORE_PROFILES = { us: US, eu: EU } as const;
export type StyleName = keyof typeof STORE_PROFILES;

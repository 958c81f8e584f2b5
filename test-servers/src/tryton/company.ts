import { ASSORTMENT, CARD_SCHEMES, CURRENCY, TAX_RATES } from "../../../examples/src/pos-generator/trading-day/assortment.ts";

/** The company that Tryton is filled with: the shop of the generated days, throw-away credentials included. */
export const DATABASE = "erp";
export const USER = "tillsync";
export const PASSWORD = "Till-9x4bR7-sync";
export const ADMIN_PASSWORD = "admin-pass-1";
/** The POS's number of the store, and the warehouse that stands for it. */
const STORE = { pos: "0301", code: "S0301", name: "Store 0301" } as const;
const ROUNDING = "ROUNDING";
const WALK_IN = "WALK-IN";
const METHODS = { cash: "Cash", card: "Card", giftCard: "Gift card", voucher: "Voucher" } as const;

/** Years around now: a test's clock may stand in any of them. */
const YEARS_AROUND = 1;

/** What `seed.py` fills in. */
export function companyToSeed(nowMs: number): object {
  const year = new Date(nowMs).getUTCFullYear();
  return {
    database: DATABASE,
    company: "Example Retail",
    currency: CURRENCY,
    years: Array.from({ length: 2 * YEARS_AROUND + 1 }, (_, at) => year - YEARS_AROUND + at),
    taxes: TAX_RATES,
    paymentMethods: Object.values(METHODS),
    customers: [{ code: WALK_IN, name: "Walk-in customer" }],
    stores: [{ code: STORE.code, name: STORE.name }],
    products: [...ASSORTMENT.map(productOf), { code: ROUNDING, name: "Rounding", uom: "EA", type: "service", netPrice: "0", tax: "0" }],
    openingDate: `${year - YEARS_AROUND}-01-02`,
    openingStock: 10_000,
    user: USER,
    password: PASSWORD,
  };
}

const productOf = (item: (typeof ASSORTMENT)[number]) => ({
  code: item.itemId,
  name: item.description,
  uom: item.uom,
  type: item.itemType === "stock" || item.itemType === "deposit" ? "goods" : "service",
  netPrice: (item.priceCents / (100 + Number(item.taxRate))).toFixed(4),
  tax: item.taxRate,
});

/** The file of a destination for this company. */
export const destinationFor = (url: string): Readonly<Record<string, unknown>> => ({
  name: "tryton",
  kind: "tryton",
  url,
  allowPrivateNetwork: true,
  database: DATABASE,
  user: USER,
  password: PASSWORD,
  include: ["sales", "inventory"],
  // Enough for both processes to have full calls all the time.
  concurrency: 16,
  mapping: {
    version: 1,
    stores: { [STORE.pos]: STORE.code },
    tenders: { ...METHODS, ...Object.fromEntries(CARD_SCHEMES.map((scheme) => [`card:${scheme}`, METHODS.card])) },
    taxes: { ...Object.fromEntries(TAX_RATES.map((rate) => [rate, `VAT ${rate}`])), none: "-" },
    accounts: { rounding: ROUNDING },
    customers: { "*": WALK_IN },
  },
});

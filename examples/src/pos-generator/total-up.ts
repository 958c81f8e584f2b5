import { allocate, divideRounded, sum } from "./money.ts";
import type { StoreProfile } from "./store-profile.ts";
import type { ItemLine, TaxLine } from "./till-transaction.ts";

/** What the customer owes for `items` after `discount`, and the tax in it or on top of it, by rate. */
export function totalUp(profile: StoreProfile, items: readonly ItemLine[], discount: bigint): { taxes: TaxLine[]; grand: bigint } {
  const rates = [...new Set(items.map((item) => item.article.taxRate))].toSorted((a, b) => a - b);
  const bases = rates.map((rate) => sum(items.filter((item) => item.article.taxRate === rate).map((item) => item.extended)));
  const discounts = discount === 0n ? rates.map(() => 0n) : allocate(discount, bases);
  const taxes = rates.map((rate, at): TaxLine => {
    const taxable = (bases[at] ?? 0n) - (discounts[at] ?? 0n);
    return { rate, taxable, amount: profile.tax === "included" ? taxInside(taxable, rate) : taxOnTop(taxable, rate) };
  });
  const goods = sum(bases) - discount;
  return { taxes, grand: profile.tax === "included" ? goods : goods + sum(taxes.map((tax) => tax.amount)) };
}

const taxOnTop = (taxable: bigint, rate: number): bigint => divideRounded(taxable * BigInt(rate), 10_000n);
const taxInside = (gross: bigint, rate: number): bigint => divideRounded(gross * BigInt(rate), BigInt(10_000 + rate));

import { z } from "zod";
import { amountSchema, decimalSchema } from "../../money/amount.ts";
import { currencyExponent, currencySchema } from "../../money/currency.ts";
import { posIdSchema } from "../../model/parts.ts";
import { itemIdSchema, storeTimeSchema } from "./common.ts";

/** One price of one item: what it costs, for whom, from when to when. */
export const priceFields = {
  itemId: itemIdSchema,
  currency: currencySchema,
  exponent: z.number().int().min(0).max(4),
  /** Price of one `uom`, tax as the store's `pricesIncludeTax` says; never below zero. */
  amount: amountSchema.refine((amount) => !amount.startsWith("-"), "a price is not negative"),
  uom: z.string().min(1).max(20).default("EA"),
  kind: z.enum(["regular", "promotion"]).default("regular"),
  promotionId: posIdSchema.optional(),
  /** Only for members of this group; absent: everyone. */
  customerGroup: posIdSchema.optional(),
  /** Only from this quantity on. */
  minimumQuantity: decimalSchema.optional(),
  /** Inclusive. Absent: since ever. */
  validFrom: storeTimeSchema.optional(),
  /** Exclusive. Absent: until further notice. */
  validUntil: storeTimeSchema.optional(),
} as const;

/** What must be true of a whole price. Gives the reason why not. */
export function wrongInPrice(price: {
  currency: string;
  exponent: number;
  kind: string;
  promotionId?: string | undefined;
  validFrom?: string | undefined;
  validUntil?: string | undefined;
}): string | undefined {
  if (currencyExponent(price.currency) !== price.exponent) return "exponent is not the currency's";
  if (price.validFrom !== undefined && price.validUntil !== undefined && price.validFrom >= price.validUntil)
    return "validUntil is not after validFrom";
  if (price.kind === "regular" && price.promotionId !== undefined) return "a regular price has no promotionId";
  return undefined;
}

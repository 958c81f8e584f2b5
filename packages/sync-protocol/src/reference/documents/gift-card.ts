import { z } from "zod";
import { amountSchema } from "../../money/amount.ts";
import { currencySchema } from "../../money/currency.ts";
import { storeTimeSchema } from "./common.ts";

/** A gift card: `id` is the pseudonym of its number, which itself is nowhere. */
export const giftCardFields = {
  currency: currencySchema,
  exponent: z.number().int().min(0).max(4),
  /** As the cloud knows it. What may be spent offline is a quota, never this figure. */
  balance: amountSchema,
  lastDigits: z
    .string()
    .regex(/^[0-9]{4}$/)
    .optional(),
  state: z.enum(["active", "blocked", "expired"]).default("active"),
  validUntil: storeTimeSchema.optional(),
} as const;

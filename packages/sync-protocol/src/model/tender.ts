import { z } from "zod";
import { amountSchema, decimalSchema } from "../money/amount.ts";
import { currencySchema } from "../money/currency.ts";
import { posIdSchema } from "./parts.ts";

export const tenderTypes = [
  "cash",
  "card",
  "giftCard",
  "storeCredit",
  "voucher",
  "loyaltyPoints",
  "cheque",
  "account",
  "mobile",
  "deposit",
  "foreignCash",
  "other",
] as const;

/**
 * Money that moved. `amount` is signed from the store's view: what the customer gave is positive, change, cashback and
 * refunds are negative, so that tenders sum to the grand total. There is no field for a card number, a track or a
 * signature: the last four digits are all that may be kept.
 */
export const tenderSchema = z.strictObject({
  line: z.number().int().min(0),
  type: z.enum(tenderTypes),
  use: z.enum(["sale", "refund", "change", "cashback", "void"]),
  tenderId: posIdSchema.optional(),
  amount: amountSchema,
  foreign: z.strictObject({ amount: decimalSchema, currency: currencySchema, rate: decimalSchema.optional() }).optional(),
  tip: amountSchema.optional(),
  card: z
    .strictObject({
      scheme: posIdSchema.optional(),
      last4: z
        .string()
        .regex(/^[0-9]{4}$/)
        .optional(),
      entryMethod: posIdSchema.optional(),
      authorizationCode: posIdSchema.optional(),
      terminalId: posIdSchema.optional(),
      reference: posIdSchema.optional(),
    })
    .optional(),
  giftCard: z.strictObject({ maskedNumber: posIdSchema, balance: amountSchema.optional() }).optional(),
});
export type Tender = z.infer<typeof tenderSchema>;

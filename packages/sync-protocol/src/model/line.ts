import { z } from "zod";
import { amountSchema, decimalSchema } from "../money/amount.ts";
import { receiptReferenceSchema } from "./identity.ts";
import { posIdSchema, textSchema } from "./parts.ts";

/** A tax, of a line or of the whole receipt. `includedInPrice` is the line's own truth, whatever the receipt's other lines do. */
export const taxSchema = z.strictObject({
  authority: posIdSchema.optional(),
  category: posIdSchema.optional(),
  rate: decimalSchema.optional(),
  taxable: amountSchema.optional(),
  amount: amountSchema,
  includedInPrice: z.boolean(),
  exemptReason: textSchema.optional(),
});
export type Tax = z.infer<typeof taxSchema>;

export const quantitySchema = z.strictObject({ value: decimalSchema, uom: z.string().min(1).max(20) });

/**
 * An item sold, returned or voided. Signs are normalised for every dialect: what leaves the customer's debt smaller is
 * negative. A returned line has negative quantity and amount; a voided line repeats the line it voids with the opposite sign.
 */
export const lineSchema = z.strictObject({
  line: z.number().int().min(0),
  parentLine: z.number().int().min(0).optional(),
  action: z.enum(["sale", "return", "void"]),
  voidsLine: z.number().int().min(0).optional(),
  entryMethod: z.enum(["scanned", "keyed", "automatic", "rfid", "other"]).optional(),
  itemType: z.enum(["stock", "service", "fee", "deposit", "giftCard", "donation", "fuel", "other"]),
  itemId: posIdSchema,
  gtin: z
    .string()
    .regex(/^[0-9]{14}$/)
    .optional(),
  scanData: posIdSchema.optional(),
  description: textSchema.optional(),
  department: posIdSchema.optional(),
  quantity: quantitySchema,
  secondaryQuantities: z.array(quantitySchema).max(4).optional(),
  regularUnitPrice: decimalSchema.optional(),
  actualUnitPrice: decimalSchema.optional(),
  /** Quantity times price after line-level price changes, as the POS rounded it. */
  extendedAmount: amountSchema,
  taxes: z.array(taxSchema).max(20).optional(),
  returnOf: receiptReferenceSchema.optional(),
  returnReason: textSchema.optional(),
  disposition: posIdSchema.optional(),
  serialNumber: posIdSchema.optional(),
  sellerId: posIdSchema.optional(),
  ageRestriction: z.number().int().min(0).max(120).optional(),
  reason: textSchema.optional(),
  orderId: posIdSchema.optional(),
});
export type Line = z.infer<typeof lineSchema>;

/** A price change that is not already inside `extendedAmount`, or one that is and is told for the record (`included`). */
export const adjustmentSchema = z.strictObject({
  kind: z.enum(["promotion", "coupon", "manual", "employee", "loyaltyReward", "priceOverride", "rounding"]),
  promotionId: posIdSchema.optional(),
  line: z.number().int().min(0).optional(),
  amount: amountSchema,
  /** True: `amount` is already in the line's `extendedAmount`. False: it comes on top. */
  included: z.boolean(),
  reason: textSchema.optional(),
});
export type Adjustment = z.infer<typeof adjustmentSchema>;

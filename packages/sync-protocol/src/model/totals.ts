import { z } from "zod";
import { amountSchema } from "../money/amount.ts";

/** As the POS printed them; never re-summed (tax law forbids it in several countries). */
export const reportedTotalsSchema = z.strictObject({
  grand: amountSchema.optional(),
  net: amountSchema.optional(),
  tax: amountSchema.optional(),
  gross: amountSchema.optional(),
  discount: amountSchema.optional(),
  rounding: amountSchema.optional(),
  tip: amountSchema.optional(),
  tenderApplied: amountSchema.optional(),
  change: amountSchema.optional(),
  itemCount: z.number().int().min(0).optional(),
  /** The till's running total that no day-end resets. */
  nonResettingGrandTotal: amountSchema.optional(),
});
export type ReportedTotals = z.infer<typeof reportedTotalsSchema>;

/**
 * Our own sums over the canonical parts, beside the printed ones.
 * `lines` = sum of extended amounts; `adjustments` = sum of those not included in lines; `exclusiveTax` = taxes on top;
 * `grand` = lines + adjustments + exclusiveTax + rounding; `tenders` = sum of tenders.
 */
export const computedTotalsSchema = z.strictObject({
  lines: amountSchema,
  adjustments: amountSchema,
  exclusiveTax: amountSchema,
  grand: amountSchema,
  tenders: amountSchema,
});
export type ComputedTotals = z.infer<typeof computedTotalsSchema>;

/** `ok`, or by how much the parts miss the printed total and the tenders miss it. `unreported`: the POS prints none. */
export const balanceSchema = z.discriminatedUnion("state", [
  z.strictObject({ state: z.literal("ok") }),
  z.strictObject({ state: z.literal("unreported") }),
  z.strictObject({ state: z.literal("mismatch"), grandDelta: amountSchema, tenderDelta: amountSchema }),
]);
export type Balance = z.infer<typeof balanceSchema>;

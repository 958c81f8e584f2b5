import { accountSchema, amountSchema, businessDaySchema, identitySchema, posIdSchema, redemptionIdSchema } from "@tillsync/sync-protocol";
import { z } from "zod";

const positive = amountSchema.refine((amount) => !amount.startsWith("-") && amount !== "0", "above zero");

/** How the POS calls itself. What it leaves out: the cloud's names of the store and the terminal, and this machine's day. */
const placeSchema = z.strictObject({
  store: identitySchema.shape.store.optional(),
  workstation: identitySchema.shape.workstation.optional(),
  businessDay: businessDaySchema.optional(),
});

const common = {
  redemptionId: redemptionIdSchema,
  /** `id` is the pseudonym; a card's number must never come this far. */
  account: accountSchema,
  /** Points, minor units of `unit`, or thousandths of the item's unit. */
  amount: positive,
  /** A currency, `points`, or the item's unit. */
  unit: z.string().min(1).max(20),
  place: placeSchema.optional(),
  saleRef: posIdSchema.optional(),
};

export const reserveRequestSchema = z.strictObject(common);
export type ReserveRequest = z.infer<typeof reserveRequestSchema>;

export const commitRequestSchema = z.strictObject({ redemptionId: redemptionIdSchema, saleRef: posIdSchema.optional() });
export type CommitRequest = z.infer<typeof commitRequestSchema>;

/** `of`: the redemption that is taken back, where the POS knows it. */
export const refundRequestSchema = z.strictObject({ ...common, of: redemptionIdSchema.optional() });
export type RefundRequest = z.infer<typeof refundRequestSchema>;

export const topUpRequestSchema = z.strictObject(common);
export type TopUpRequest = z.infer<typeof topUpRequestSchema>;

import { z } from "zod";
import { epochSchema } from "../ids.ts";
import { amountSchema } from "../money/amount.ts";
import { accountSchema, quotaFields } from "../reference/documents/quota.ts";

export const QUOTA_PATHS = {
  /** `POST`, body `quotaAskSchema`, by a terminal. */
  ask: "/v1/quotas/ask",
} as const;

/** A terminal asks for more. It says what it must have been granted in all, so that a repeat of the question is no second wish. */
export const quotaAskSchema = z.strictObject({
  epoch: epochSchema,
  account: accountSchema,
  unit: quotaFields.unit,
  granted: quotaFields.granted,
  /** What it knows to have been granted: a cloud that was restored from an older backup learns of it again. */
  seen: quotaFields.granted,
});
export type QuotaAsk = z.infer<typeof quotaAskSchema>;

/** What the cloud has granted this life of the terminal in all, which may be less than was asked for. */
export const quotaAnswerSchema = z.strictObject({
  epoch: epochSchema,
  account: accountSchema,
  unit: quotaFields.unit,
  granted: quotaFields.granted,
  /** What the account has, as far as the cloud has heard. */
  balance: amountSchema,
  /** What could still be granted at this moment. */
  free: amountSchema,
  /** Other terminals were asked for what they do not need: asking again in a moment may help. */
  recalling: z.boolean(),
  serverTimeMs: z.number().int(),
});
export type QuotaAnswer = z.infer<typeof quotaAnswerSchema>;

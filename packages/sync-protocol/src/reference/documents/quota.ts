import { z } from "zod";
import { epochSchema, terminalIdSchema } from "../../ids.ts";
import { amountSchema } from "../../money/amount.ts";
import { documentIdSchema } from "./common.ts";

/** What may not be overspent: a member's points, a gift card's money, goods that are promised. */
export const accountKinds = ["points", "giftCard", "stock"] as const;

/** Names an account: kind and the id of its member, card or (for stock) `store:item`. */
export const accountSchema = z.strictObject({ kind: z.enum(accountKinds), id: documentIdSchema });
export type Account = z.infer<typeof accountSchema>;

/** `giftCard:abc`: an account as one text, for keys and rows. */
export const accountKey = (account: Account): string => `${account.kind}:${account.id}`;

/**
 * How much of an account one life of one terminal has been granted, ever. `granted` only grows: whoever sees it twice, late
 * or out of order takes the larger. What of it was used or given back stands in the terminal's journal.
 * `id` is `terminal:epoch:account`.
 */
export const quotaFields = {
  terminalId: terminalIdSchema,
  epoch: epochSchema,
  account: accountSchema,
  /** In the account's unit: points, minor units of `unit`, or thousandths of the item's unit. */
  granted: amountSchema.refine((amount) => !amount.startsWith("-"), "not negative"),
  /** A currency, `points`, or the item's unit. */
  unit: z.string().min(1).max(20),
  /** The cloud wants what is not used back: another till asks for it. It stays valid until it is given back. */
  recalled: z.boolean().optional(),
} as const;

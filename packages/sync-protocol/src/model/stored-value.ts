import { z } from "zod";
import { epochSchema } from "../ids.ts";
import { amountSchema } from "../money/amount.ts";
import { accountSchema } from "../reference/documents/quota.ts";
import { posIdSchema } from "./parts.ts";

/** The POS's own name of one redemption, one refund or one top-up: repeats of a call are told by it. Unique in its terminal. */
export const redemptionIdSchema = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/, "1 to 64 of A-Z a-z 0-9 . _ : -")
  .brand<"RedemptionId">();
export type RedemptionId = z.infer<typeof redemptionIdSchema>;

const positive = amountSchema.refine((amount) => !amount.startsWith("-") && amount !== "0", "above zero");

/**
 * What happened to points, a gift card or promised goods at a terminal. `redeemed`: used up. `refunded`: a redemption was
 * taken back, wholly or in part. `toppedUp`: paid in. `returned`: no customer saw it: the terminal gave unused quota back.
 */
export const storedValueSchema = z
  .strictObject({
    kind: z.enum(["redeemed", "refunded", "returned", "toppedUp"]),
    account: accountSchema,
    /** In `unit`: points, minor units of a currency, or thousandths of the item's unit. */
    amount: positive,
    /** A currency, `points`, or the item's unit. */
    unit: z.string().min(1).max(20),
    redemptionId: redemptionIdSchema,
    /** The life of the terminal that the counters are of. A journal that is carried over tells of an earlier one. */
    epoch: epochSchema,
    /** Of `redeemed`. `leased`: from what the terminal had. `asked`: the cloud gave more for it. `atRisk`: some of it nobody had promised. */
    policy: z.enum(["leased", "asked", "atRisk"]).optional(),
    /** The part of `amount` that was not covered: the store's risk. */
    atRisk: positive.optional(),
    /** Of `refunded`: the redemption that is taken back. */
    of: redemptionIdSchema.optional(),
    /** The sale that it paid, as the POS names it. */
    saleRef: posIdSchema.optional(),
  })
  .superRefine((value, issues) => {
    const wrong = wrongIn(value);
    if (wrong !== undefined) issues.addIssue({ code: "custom", message: wrong });
  });
export type StoredValue = z.infer<typeof storedValueSchema>;

function wrongIn(value: {
  readonly kind: StoredValue["kind"];
  readonly amount: string;
  readonly policy?: StoredValue["policy"];
  readonly atRisk?: string | undefined;
  readonly of?: string | undefined;
}): string | undefined {
  if ((value.kind === "redeemed") !== (value.policy !== undefined)) return "policy belongs to redemptions, and to each of them";
  if ((value.policy === "atRisk") !== (value.atRisk !== undefined)) return "atRisk and its amount belong together";
  if (value.atRisk !== undefined && BigInt(value.atRisk) > BigInt(value.amount)) return "more at risk than was redeemed";
  return value.of !== undefined && value.kind !== "refunded" ? "only a refund takes a redemption back" : undefined;
}

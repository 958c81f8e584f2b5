import { z } from "zod";
import { amountSchema } from "../money/amount.ts";
import { accountKinds } from "../reference/documents/quota.ts";

const notNegative = amountSchema.refine((amount) => !amount.startsWith("-"), "not negative");

/** What a terminal does when its lease does not cover a redemption, and how much it is given beforehand. */
export const quotaPolicySchema = z.strictObject({
  /** Asks the cloud for the rest, when it can be reached. */
  ask: z.boolean().default(true),
  /**
   * By unit (`EUR`, `points`): what may be redeemed beyond all that is covered, at the store's risk and recorded as such,
   * in one redemption and by one terminal in a day. A unit that is not named: declined.
   */
  allow: z
    .record(z.string().min(1).max(20), z.strictObject({ perRedemption: notNegative, perDay: notNegative }))
    .refine((units) => Object.keys(units).length <= 20, "too many units")
    .default({}),
  /** Of each credit, the share in percent that goes at once to the terminals of the account's home store, so that they can redeem offline. */
  preLease: z.strictObject({ percent: z.number().int().min(0).max(100), perTerminalMax: notNegative.optional() }).default({ percent: 0 }),
});
export type QuotaPolicy = z.infer<typeof quotaPolicySchema>;

/** The `configuration` document of this name has `quotaPoliciesSchema` as its value. */
export const QUOTAS_SETTING = "quotas";
export const quotaPoliciesSchema = z.strictObject(
  Object.fromEntries(accountKinds.map((kind) => [kind, quotaPolicySchema.default(quotaPolicySchema.parse({}))])) as Record<
    (typeof accountKinds)[number],
    z.ZodDefault<typeof quotaPolicySchema>
  >,
);
export type QuotaPolicies = z.infer<typeof quotaPoliciesSchema>;

/** Without a setting: ask the cloud, otherwise decline; nothing beforehand. */
export const DEFAULT_POLICIES: QuotaPolicies = quotaPoliciesSchema.parse({});

/** What may be redeemed at risk: the least of what is asked for and what the limits leave. */
export function atRiskRoom(policy: QuotaPolicy, unit: string, usedToday: bigint): bigint {
  const limits = Object.hasOwn(policy.allow, unit) ? policy.allow[unit] : undefined;
  if (limits === undefined) return 0n;
  const today = BigInt(limits.perDay) - usedToday;
  const room = today < BigInt(limits.perRedemption) ? today : BigInt(limits.perRedemption);
  return room > 0n ? room : 0n;
}

/** What one terminal of `terminals` in the home store is to have of a credit, in whole units, rounded down. */
export function preLeaseShare({ preLease }: QuotaPolicy, credit: bigint, terminals: number): bigint {
  if (terminals === 0) return 0n;
  const share = (credit * BigInt(preLease.percent)) / 100n / BigInt(terminals);
  const cap = preLease.perTerminalMax === undefined ? share : BigInt(preLease.perTerminalMax);
  return share < cap ? share : cap;
}

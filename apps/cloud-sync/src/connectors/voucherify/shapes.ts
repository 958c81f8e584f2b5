import { z } from "zod";

/** As much of Voucherify's records as the connector relies on. */
const id = z.string().min(1);

export const orderSchema = z.object({
  id,
  source_id: z.string().nullish(),
  status: z.enum(["CREATED", "PAID", "CANCELED", "FULFILLED"]),
  amount: z.number().int().nullish(),
});
export type Order = z.infer<typeof orderSchema>;

export const customerSchema = z.object({ id, source_id: z.string().nullish() });
export const vouchersSchema = z.object({
  vouchers: z.array(z.object({ id, code: id, type: z.string(), campaign_id: z.string().nullish(), holder_id: z.string().nullish() })),
});
export const balanceSchema = z.object({ points: z.number().int(), object: z.literal("balance"), related_object: z.object({ id }) });
export const giftVoucherSchema = z.object({ id, code: id, type: z.string() });
export const creditSchema = z.object({ amount: z.number().int(), object: z.literal("balance"), related_object: z.object({ id }) });
export const creditsSchema = z.object({
  data: z.array(
    z.object({
      id,
      source_id: z.string().nullish(),
      created_at: z.iso.datetime().nullish(),
      details: z.object({ balance: z.object({ amount: z.number().int().nullish() }).nullish() }),
    }),
  ),
  has_more: z.boolean().nullish(),
});
export const transactionsSchema = z.object({
  data: z.array(
    z.object({
      id,
      source_id: z.string().nullish(),
      created_at: z.iso.datetime().nullish(),
      details: z.object({ balance: z.object({ points: z.number().int().nullish() }).nullish() }),
    }),
  ),
  has_more: z.boolean().nullish(),
});

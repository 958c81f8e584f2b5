import { z } from "zod";

/** As much of Square's records as the connector relies on. */
const money = z.object({ amount: z.number().int(), currency: z.string() });
export type SquareMoney = z.infer<typeof money>;

/** The very amount, in the very currency. */
export const isMoney = (found: SquareMoney, { amount, currency }: SquareMoney): boolean =>
  found.amount === amount && found.currency === currency;
const id = z.string().min(1);

export const orderSchema = z.object({
  id,
  reference_id: z.string().optional(),
  location_id: id,
  state: z.enum(["OPEN", "COMPLETED", "CANCELED", "DRAFT"]),
  version: z.number().int().optional(),
  total_money: money,
  tenders: z.array(z.object({ id })).optional(),
});
export type Order = z.infer<typeof orderSchema>;

export const paymentSchema = z.object({
  id,
  reference_id: z.string().optional(),
  order_id: id.optional(),
  status: z.enum(["APPROVED", "PENDING", "COMPLETED", "CANCELED", "FAILED"]),
  amount_money: money,
});
export type Payment = z.infer<typeof paymentSchema>;

export const refundSchema = z.object({ id, status: z.string(), reason: z.string().optional(), amount_money: money });
export type Refund = z.infer<typeof refundSchema>;

export const eventSchema = z.object({
  id,
  loyalty_account_id: id,
  adjust_points: z.object({ points: z.number().int(), reason: z.string().optional() }).optional(),
});

export const changeSchema = z.object({ adjustment: z.object({ reference_id: z.string().optional() }).optional() });

const activityDetails = z.object({ amount_money: money.nullish(), reference_id: z.string().nullish() }).nullish();
export const activitySchema = z.object({
  id,
  type: z.string(),
  gift_card_id: id.nullish(),
  redeem_activity_details: activityDetails,
  load_activity_details: activityDetails,
  refund_activity_details: activityDetails,
});
export type Activity = z.infer<typeof activitySchema>;

export const activityAnswer = z.object({ gift_card_activity: activitySchema });
export const orderAnswer = z.object({ order: orderSchema });
export const paymentAnswer = z.object({ payment: paymentSchema });
export const refundAnswer = z.object({ refund: refundSchema });
export const eventAnswer = z.object({ event: eventSchema });

const cursor = z.string().optional();
export const ordersPage = z.object({ orders: z.array(orderSchema).default([]), cursor });
export const paymentsPage = z.object({ payments: z.array(paymentSchema).default([]), cursor });
export const refundsPage = z.object({ refunds: z.array(refundSchema).default([]), cursor });
export const eventsPage = z.object({ events: z.array(eventSchema).default([]), cursor });
export const changesPage = z.object({ changes: z.array(changeSchema).default([]), cursor });
export const activitiesPage = z.object({ gift_card_activities: z.array(activitySchema).default([]), cursor });
export const customersPage = z.object({ customers: z.array(z.object({ id, reference_id: z.string().optional() })).default([]), cursor });
export const accountsPage = z.object({
  loyalty_accounts: z.array(z.object({ id, customer_id: z.string().optional() })).default([]),
  cursor,
});

import { parseAmount } from "@tillsync/sync-protocol";
import { z } from "zod";

/** As much of Medusa's records as the connector relies on. */
const id = z.string().min(1);
const metadata = z.record(z.string(), z.unknown()).nullish();
const count = z.number().min(0);

const itemSchema = z.object({
  id,
  quantity: count,
  requires_shipping: z.boolean(),
  metadata,
  detail: z.object({
    fulfilled_quantity: count,
    return_requested_quantity: count,
    return_received_quantity: count,
    return_dismissed_quantity: count,
    written_off_quantity: count,
  }),
});

const fulfillmentSchema = z.object({ id, delivered_at: z.string().nullish(), canceled_at: z.string().nullish() });

export const paymentSchema = z.object({
  id,
  captures: z.array(z.object({ amount: z.number() })).nullish(),
  refunds: z.array(z.object({ amount: z.number(), note: z.string().nullish() })).nullish(),
});

export const collectionSchema = z.object({ id, status: z.string(), amount: z.number(), payments: z.array(paymentSchema).nullish() });

export const returnSchema = z.object({ id, status: z.string(), metadata });

export const orderSchema = z.object({
  id,
  status: z.string(),
  currency_code: z.string(),
  total: z.number(),
  metadata,
  items: z.array(itemSchema),
  fulfillments: z.array(fulfillmentSchema).nullish(),
  payment_collections: z.array(collectionSchema).nullish(),
  returns: z
    .array(
      returnSchema.extend({
        items: z.array(z.object({ item_id: id, quantity: count })).nullish(),
      }),
    )
    .nullish(),
});
export type Order = z.infer<typeof orderSchema>;

/** What is asked for of an order. */
export const ORDER_FIELDS = [
  "id,status,currency_code,total,metadata",
  "items.id,items.quantity,items.requires_shipping,items.metadata,items.detail.*",
  "fulfillments.id,fulfillments.delivered_at,fulfillments.canceled_at",
  "payment_collections.id,payment_collections.status,payment_collections.amount",
  "payment_collections.payments.id,payment_collections.payments.captures.*,payment_collections.payments.refunds.*",
  "returns.id,returns.status,returns.metadata,returns.items.*",
].join(",");

export const draftSchema = z.object({ id, status: z.string(), currency_code: z.string(), total: z.number(), metadata });
export type Draft = z.infer<typeof draftSchema>;
export const DRAFT_FIELDS = "id,status,currency_code,total,metadata";

/** Some actions tell it as text. */
const quantity = z.union([z.number(), z.string().transform(Number)]);

export const changeSchema = z.object({
  id,
  status: z.string(),
  change_type: z.string().nullish(),
  return_id: z.string().nullish(),
  actions: z
    .array(
      z.object({ action: z.string(), details: z.object({ reference_id: z.string().nullish(), quantity: quantity.nullish() }).nullish() }),
    )
    .nullish(),
});
export type Change = z.infer<typeof changeSchema>;
export const CHANGE_FIELDS = "id,status,change_type,return_id,actions.action,actions.details";

/** Minor units of an amount as Medusa tells it; undefined: it has more digits than the currency. */
export function minorOf(amount: number, exponent: number): bigint | undefined {
  const parsed = parseAmount(String(amount), exponent);
  return parsed.ok ? BigInt(parsed.amount) : undefined;
}

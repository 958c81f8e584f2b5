import { z } from "zod";

/** As much of commercetools' records as the connector relies on. */
const id = z.string().min(1);
const money = z.object({ centAmount: z.number().int(), currencyCode: z.string() });

export const paymentSchema = z.object({
  id,
  version: z.number().int(),
  key: z.string().nullish(),
  amountPlanned: money,
  transactions: z.array(z.object({ type: z.string(), amount: money, interactionId: z.string().nullish(), state: z.string() })),
});
export type Payment = z.infer<typeof paymentSchema>;

const boughtLine = { id, quantity: z.number().int() };

export const orderSchema = z.object({
  id,
  version: z.number().int(),
  orderNumber: z.string().nullish(),
  orderState: z.string(),
  totalPrice: money,
  lineItems: z.array(z.object({ ...boughtLine, variant: z.object({ sku: z.string().nullish() }) })),
  customLineItems: z.array(z.object({ ...boughtLine, slug: z.string() })),
  paymentInfo: z.object({ payments: z.array(z.object({ id })) }).nullish(),
  returnInfo: z
    .array(
      z.object({
        returnTrackingId: z.string().nullish(),
        items: z.array(
          z.object({
            id,
            quantity: z.number().int(),
            lineItemId: z.string().nullish(),
            customLineItemId: z.string().nullish(),
            paymentState: z.string(),
          }),
        ),
      }),
    )
    .nullish(),
});
export type Order = z.infer<typeof orderSchema>;

export const errorSchema = z.object({
  message: z.string(),
  errors: z.array(z.object({ code: z.string(), field: z.string().optional() })).optional(),
});

import { z } from "zod";
import type { Operation } from "../../connectors/vendure/ask.ts";
import type { VendureFeedConfig } from "./config.ts";

const minor = z.number().int();
const id = z.string().min(1);

const orderSchema = z.object({
  id,
  code: z.string().min(1),
  state: z.string(),
  updatedAt: z.string().refine((text) => !Number.isNaN(Date.parse(text)), "no time"),
  currencyCode: z.string(),
  totalWithTax: minor,
  shippingLines: z.array(z.object({ shippingMethod: z.object({ code: z.string() }).nullish() })),
  lines: z.array(z.object({ id, quantity: minor, productVariant: z.object({ sku: z.string(), name: z.string() }) })),
  payments: z
    .array(z.object({ state: z.string(), amount: minor, refunds: z.array(z.object({ state: z.string(), total: minor })) }))
    .nullish(),
  fulfillments: z.array(z.object({ state: z.string(), lines: z.array(z.object({ orderLineId: id, quantity: minor })) })).nullish(),
  customFields: z.record(z.string(), z.unknown()).nullish(),
});
export type FeedOrder = z.infer<typeof orderSchema>;

const orders = z.object({ orders: z.object({ items: z.array(orderSchema) }) });
const newest = z.object({ orders: z.object({ items: z.array(orderSchema.pick({ updatedAt: true })) }) });

export const NEWEST_ORDER: Operation<z.infer<typeof newest>> = {
  name: "NewestOrder",
  text: "query NewestOrder { orders(options: { take: 1, sort: { updatedAt: DESC } }) { items { updatedAt } } }",
  data: newest,
};

/** Orders by a filter, those that changed longest ago first. The custom fields that are asked for are those of the file. */
export function listOrders(config: VendureFeedConfig): Operation<z.infer<typeof orders>> {
  const { storeBy, pickupCodeField, promisedAtField } = config;
  const fields = [...new Set([storeBy.by === "orderField" ? storeBy.field : undefined, pickupCodeField, promisedAtField])].filter(Boolean);
  return {
    name: "FeedOrders",
    text: `query FeedOrders($filter: OrderFilterParameter!, $take: Int!, $skip: Int!) {
      orders(options: { filter: $filter, take: $take, skip: $skip, sort: { updatedAt: ASC, id: ASC } }) { items {
        id code state updatedAt currencyCode totalWithTax
        shippingLines { shippingMethod { code } }
        lines { id quantity productVariant { sku name } }
        payments { state amount refunds { state total } }
        fulfillments { state lines { orderLineId quantity } }
        ${fields.length === 0 ? "" : `customFields { ${fields.join(" ")} }`}
      } }
    }`,
    data: orders,
  };
}

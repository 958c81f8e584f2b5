import { z } from "zod";
import type { Operation } from "./ask.ts";

/** Refusals are members of unions, told from success by their `errorCode`. */
const REFUSAL = "... on ErrorResult { errorCode message }";
const refusal = z.object({ errorCode: z.string(), message: z.string() });
export type Refusal = z.infer<typeof refusal>;

export const isRefusal = (value: object): value is Refusal => "errorCode" in value;

const id = z.string().min(1);
const minor = z.number().int();
const text = z.string().nullish();

/** What tells an order that is not paid for; Vendure reads no more than is asked for. */
const DRAFT = `fragment TillDraft on Order {
  id code state currencyCode totalWithTax
  customFields { posReference posReceipt }
  lines { id quantity orderPlacedQuantity unitPriceWithTax productVariant { sku } customFields { posLine } }
}`;

const PAID = `fragment TillPaid on Order {
  ...TillDraft
  payments { id state amount refunds { id state total reason } }
  fulfillments { id state }
} ${DRAFT}`;

const ORDER = `fragment TillOrder on Order {
  ...TillPaid
  history(options: { filter: { type: { eq: "ORDER_CANCELLATION" } } }) { items { data } }
} ${PAID}`;

const cancellation = z.looseObject({
  reason: text,
  lines: z.array(z.object({ orderLineId: z.coerce.string(), quantity: minor })).nullish(),
});

const orderSchema = z.object({
  id,
  code: z.string(),
  state: z.string(),
  currencyCode: z.string(),
  totalWithTax: minor,
  customFields: z.object({ posReference: text, posReceipt: text }),
  lines: z.array(
    z.object({
      id,
      quantity: minor,
      orderPlacedQuantity: minor,
      unitPriceWithTax: minor,
      productVariant: z.object({ sku: z.string() }),
      customFields: z.object({ posLine: text }),
    }),
  ),
  payments: z
    .array(
      z.object({
        id,
        state: z.string(),
        amount: minor,
        refunds: z.array(z.object({ id, state: z.string(), total: minor, reason: text })),
      }),
    )
    .nullish(),
  fulfillments: z.array(z.object({ id, state: z.string() })).nullish(),
  history: z.object({ items: z.array(z.object({ data: cancellation })) }).optional(),
});
export type VendureOrder = z.infer<typeof orderSchema>;

const orders = z.object({ orders: z.object({ items: z.array(orderSchema) }) });
const made = z.object({ made: z.union([refusal, orderSchema]) });

export const findByReference: Operation<z.infer<typeof orders>> = {
  name: "FindByReference",
  text: `query FindByReference($reference: String!) {
    orders(options: { filter: { posReference: { eq: $reference } } }) { items { ...TillOrder } }
  } ${ORDER}`,
  data: orders,
};

/** Several references at once: those that a receipt's revisions have. */
export const findByReferences: Operation<z.infer<typeof orders>> = {
  name: "FindByReferences",
  text: `query FindByReferences($references: [String!]!) {
    orders(options: { filter: { posReference: { in: $references } } }) { items { ...TillOrder } }
  } ${ORDER}`,
  data: orders,
};

const idOf = z.object({ id });

export const createDraft: Operation<{ made: { id: string } }> = {
  name: "CreateDraft",
  text: "mutation CreateDraft { made: createDraftOrder { id } }",
  data: z.object({ made: idOf }),
};

const deleted = z.object({ done: z.object({ result: z.string() }) });

const fresh = z.object({
  order: z.object({ id, state: z.string(), customFields: z.object({ posReference: text }), lines: z.array(idOf) }).nullable(),
});

export const readDraft: Operation<z.infer<typeof fresh>> = {
  name: "ReadDraft",
  text: "query ReadDraft($order: ID!) { order(id: $order) { id state customFields { posReference } lines { id } } }",
  data: fresh,
};

export const deleteDraft: Operation<z.infer<typeof deleted>> = {
  name: "DeleteDraft",
  text: "mutation DeleteDraft($order: ID!) { done: deleteDraftOrder(orderId: $order) { result } }",
  data: deleted,
};

const fieldsSet = z.object({ fields: idOf });

export const setFields: Operation<z.infer<typeof fieldsSet>> = {
  name: "SetFields",
  text: "mutation SetFields($fields: UpdateOrderInput!) { fields: setOrderCustomFields(input: $fields) { id } }",
  data: fieldsSet,
};

const headSet = z.object({ fields: idOf, customer: z.union([refusal, z.object({ __typename: z.string() })]), address: idOf });

/** Its parts are transactions of their own, in this order; the reference comes first. */
export const setHead: Operation<z.infer<typeof headSet>> = {
  name: "SetHead",
  text: `mutation SetHead($order: ID!, $fields: UpdateOrderInput!, $customer: ID!, $address: CreateAddressInput!) {
    fields: setOrderCustomFields(input: $fields) { id }
    customer: setCustomerForDraftOrder(orderId: $order, customerId: $customer) { __typename ${REFUSAL} }
    address: setDraftOrderShippingAddress(orderId: $order, input: $address) { id }
  }`,
  data: headSet,
};

const added = z.record(z.string(), z.union([refusal, z.object({ __typename: z.string() })]));

/** Adds `count` lines in one request, `$i0` to `$in`; each is a transaction of its own. */
export const addLines = (count: number): Operation<z.infer<typeof added>> => {
  const each = Array.from({ length: count }, (_, at) => at);
  const inputs = each.map((at) => `$i${at}: AddItemToDraftOrderInput!`).join(", ");
  const calls = each.map((at) => `l${at}: addItemToDraftOrder(orderId: $order, input: $i${at}) { __typename ${REFUSAL} }`).join("\n");
  return { name: "AddLines", text: `mutation AddLines($order: ID!, ${inputs}) { ${calls} }`, data: added };
};

export const setShipping: Operation<z.infer<typeof made>> = {
  name: "SetShipping",
  text: `mutation SetShipping($order: ID!, $method: ID!) {
    made: setDraftOrderShippingMethod(orderId: $order, shippingMethodId: $method) { ...TillDraft ${REFUSAL} }
  } ${DRAFT}`,
  data: made,
};

export const moveOrder: Operation<{ made: z.infer<typeof made>["made"] | null }> = {
  name: "MoveOrder",
  text: `mutation MoveOrder($order: ID!, $state: String!) {
    made: transitionOrderToState(id: $order, state: $state) {
      ...TillDraft
      ... on OrderStateTransitionError { errorCode message: transitionError }
    }
  } ${DRAFT}`,
  data: z.object({ made: made.shape.made.nullable() }),
};

export const addPayment: Operation<z.infer<typeof made>> = {
  name: "AddPayment",
  text: `mutation AddPayment($payment: ManualPaymentInput!) {
    made: addManualPaymentToOrder(input: $payment) { ...TillPaid ${REFUSAL} }
  } ${PAID}`,
  data: made,
};

export const cancelLines: Operation<z.infer<typeof made>> = {
  name: "CancelLines",
  text: `mutation CancelLines($cancel: CancelOrderInput!) {
    made: cancelOrder(input: $cancel) { ...TillOrder ${REFUSAL} }
  } ${ORDER}`,
  data: made,
};

const refunded = z.object({ made: z.union([refusal, z.object({ id, state: z.string(), total: minor, reason: text })]) });

export const refund: Operation<z.infer<typeof refunded>> = {
  name: "Refund",
  text: `mutation Refund($refund: RefundOrderInput!) {
    made: refundOrder(input: $refund) { ... on Refund { id state total reason } ${REFUSAL} }
  }`,
  data: refunded,
};

const FULFILLMENT = "... on Fulfillment { id state lines { orderLineId } }";
const fulfillment = z.object({ id, state: z.string(), lines: z.array(z.object({ orderLineId: id })) });
export type VendureFulfillment = z.infer<typeof fulfillment>;
const fulfilled = z.object({ made: z.union([refusal, fulfillment]) });

export const addFulfillment: Operation<z.infer<typeof fulfilled>> = {
  name: "AddFulfillment",
  text: `mutation AddFulfillment($fulfillment: FulfillOrderInput!) {
    made: addFulfillmentToOrder(input: $fulfillment) { ${FULFILLMENT} ${REFUSAL} }
  }`,
  data: fulfilled,
};

const delivered = z.object({ delivered: fulfilled.shape.made });

/** Both transitions of a fulfilment; one that is shipped already refuses the first, which says nothing about the second. */
export const deliver: Operation<z.infer<typeof delivered>> = {
  name: "Deliver",
  text: `mutation Deliver($fulfillmentId: ID!) {
    shipped: transitionFulfillmentToState(id: $fulfillmentId, state: "Shipped") { __typename }
    delivered: transitionFulfillmentToState(id: $fulfillmentId, state: "Delivered") {
      ${FULFILLMENT}
      ... on FulfillmentStateTransitionError { errorCode message: transitionError }
    }
  }`,
  data: delivered,
};

const stepOrder = z.object({
  id,
  code: z.string(),
  state: z.string(),
  lines: z.array(
    z.object({ id, quantity: minor, productVariant: z.object({ sku: z.string() }), customFields: z.object({ posLine: text }) }),
  ),
  fulfillments: z
    .array(z.object({ id, state: z.string(), method: z.string(), lines: z.array(z.object({ orderLineId: id, quantity: minor })) }))
    .nullish(),
  history: z.object({ items: z.array(z.object({ data: cancellation })) }),
});
/** An order by whatever way it came into Vendure, as far as its goods go. */
export type StepOrder = z.infer<typeof stepOrder>;
const byCode = z.object({ orders: z.object({ items: z.array(stepOrder) }) });

export const findByCode: Operation<z.infer<typeof byCode>> = {
  name: "FindByCode",
  text: `query FindByCode($code: String!) { orders(options: { filter: { code: { eq: $code } } }) { items {
    id code state
    lines { id quantity productVariant { sku } customFields { posLine } }
    fulfillments { id state method lines { orderLineId quantity } }
    history(options: { filter: { type: { eq: "ORDER_CANCELLATION" } } }) { items { data } }
  } } }`,
  data: byCode,
};

export const moveFulfillment: Operation<z.infer<typeof fulfilled>> = {
  name: "MoveFulfillment",
  text: `mutation MoveFulfillment($fulfillmentId: ID!, $state: String!) {
    made: transitionFulfillmentToState(id: $fulfillmentId, state: $state) {
      ${FULFILLMENT}
      ... on FulfillmentStateTransitionError { errorCode message: transitionError }
    }
  }`,
  data: fulfilled,
};

const variants = z.object({
  productVariants: z.object({
    items: z.array(z.object({ id, sku: z.string(), customFields: z.object({ posCounts: text }) })),
  }),
});

export const findVariants: Operation<z.infer<typeof variants>> = {
  name: "FindVariants",
  text: `query FindVariants($skus: [String!]!, $take: Int!) {
    productVariants(options: { filter: { sku: { in: $skus } }, take: $take }) { items { id sku customFields { posCounts } } }
  }`,
  data: variants,
};

const places = z.object({
  shippingMethods: z.object({ items: z.array(z.object({ id, code: z.string() })) }),
  stockLocations: z.object({ items: z.array(z.object({ id, name: z.string() })) }),
});

export const findPlaces: Operation<z.infer<typeof places>> = {
  name: "FindPlaces",
  text: `query FindPlaces($shipping: String!, $store: String!) {
    shippingMethods(options: { filter: { code: { eq: $shipping } } }) { items { id code } }
    stockLocations(options: { filter: { name: { eq: $store } } }) { items { id name } }
  }`,
  data: places,
};

const stockSet = z.object({ made: z.array(idOf.nullable()) });

export const setStock: Operation<z.infer<typeof stockSet>> = {
  name: "SetStock",
  text: "mutation SetStock($variants: [UpdateProductVariantInput!]!) { made: updateProductVariants(input: $variants) { id } }",
  data: stockSet,
};

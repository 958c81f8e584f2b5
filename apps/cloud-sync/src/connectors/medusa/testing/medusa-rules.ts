import { z } from "zod";
import { openApiRules } from "../../testing/vendor-fake/openapi-rules.ts";
import { loadSpec, type Json } from "../../testing/vendor-fake/load-spec.ts";
import type { VendorRules } from "../../testing/vendor-fake/vendor-rules.ts";
import { eitherRules, zodRules } from "../../testing/vendor-fake/zod-routes.ts";

const fields = z.strictObject({ fields: z.string().optional() });
const move = z.strictObject({ amount: z.number().positive(), note: z.string().optional() });

/** Calls that are newer than the specification, or the loyalty plug-in's, as Medusa 2.21.1 takes them. */
const newer = zodRules([
  { operation: "ConvertDraft", method: "POST", path: "/admin/draft-orders/{id}/convert-to-order", body: z.strictObject({}) },
  { operation: "DeleteDraft", method: "DELETE", path: "/admin/draft-orders/{id}" },
  { operation: "CreditAccount", method: "POST", path: "/admin/store-credit-accounts/{id}/credit", body: move },
  { operation: "DebitAccount", method: "POST", path: "/admin/store-credit-accounts/{id}/debit", body: move },
  {
    operation: "ListTransactions",
    method: "GET",
    path: "/admin/store-credit-accounts/{id}/transactions",
    query: fields.extend({ limit: z.string(), offset: z.string(), order: z.string() }),
  },
  {
    operation: "FindVariants",
    method: "GET",
    path: "/admin/product-variants",
    query: z.object({ fields: z.string(), limit: z.string() }).catchall(z.string()),
  },
]);
const NEWER =
  /^(POST .*\/convert-to-order|DELETE \/admin\/draft-orders\/.*|\w+ \/admin\/store-credit-accounts\/.*|GET \/admin\/product-variants)$/;

let rules: VendorRules | undefined;

/**
 * The Admin API's specification of 2.0.0, and what came later. It calls every optional field of a draft required, which
 * Medusa does not; unknown fields are refused all the same.
 */
export const medusaRules = (): VendorRules =>
  (rules ??= eitherRules(newer, NEWER, openApiRules(withOptionalFields(loadSpec("medusa/admin.openapi.yaml.gz")), PARTIAL)));

const PARTIAL = {
  // Answers are told in the fields that were asked for.
  partialAnswers: [
    "GetOrders",
    "GetOrdersId",
    "GetDraftOrders",
    "PostDraftOrders",
    "GetOrdersIdChanges",
    "PostOrdersIdFulfillments",
    "PostOrdersIdFulfillmentsFulfillment_idMarkAsDelivered",
    "PostPaymentCollections",
    "PostPaymentCollectionsIdMarkAsPaid",
    "PostPaymentsIdRefund",
    "PostReturns",
    "PostReturnsIdRequestItems",
    "PostReturnsIdRequest",
    "PostReturnsIdReceive",
    "PostReturnsIdReceiveItems",
    "PostReturnsIdReceiveConfirm",
  ],
};

function withOptionalFields(spec: Json): Json {
  const copy = structuredClone(spec);
  const draft = (copy["paths"] as Record<string, Json>)["/admin/draft-orders"]?.["post"] as Json;
  draft["requestBody"] = relaxed(draft["requestBody"]);
  // Newer than the specification.
  const fulfil = (copy["paths"] as Record<string, Json>)["/admin/orders/{id}/fulfillments"]?.["post"] as Json;
  propertiesOf(fulfil)["shipping_option_id"] = { type: "string" };
  return copy;
}

function relaxed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(relaxed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, part]) => !(key === "required" && Array.isArray(part)))
      .map(([key, part]) => [key, relaxed(part)]),
  );
}

/** Of the first part of a body that is composed of two. */
function propertiesOf(operation: Json): Json {
  const { content } = operation["requestBody"] as { content: Record<string, { schema: { allOf: [{ properties: Json }] } }> };
  const schema = content["application/json"]?.schema;
  if (schema === undefined) throw new Error("the specification has changed");
  return schema.allOf[0].properties;
}

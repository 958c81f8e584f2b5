import { expect, test } from "vitest";
import { withUnions } from "./close-unions.ts";
import type { Json } from "./load-spec.ts";
import { openApiRules } from "./openapi-rules.ts";
import type { VendorRules } from "./vendor-rules.ts";

const ref = (name: string): Json => ({ $ref: `#/components/schemas/${name}` });
const action = (properties: Json, required: string[]): Json => ({ allOf: [ref("Action"), { type: "object", properties, required }] });

/** Actions of an update, as generators write them: a common part that maps to the whole ones. */
const document: Json = {
  paths: {
    "/orders": {
      post: {
        operationId: "update",
        requestBody: {
          content: { "application/json": { schema: { type: "object", properties: { actions: { type: "array", items: ref("Action") } } } } },
        },
        responses: { "200": {} },
      },
    },
  },
  components: {
    schemas: {
      Action: {
        type: "object",
        discriminator: {
          propertyName: "action",
          mapping: { cancel: "#/components/schemas/Cancel", pay: "#/components/schemas/Pay" },
        },
        properties: { action: { type: "string" } },
        required: ["action"],
      },
      Cancel: action({ reason: { type: "string" } }, []),
      Pay: action({ amount: { type: "integer" }, label: ref("Text") }, ["amount"]),
      Text: { type: "object", required: ["/^[a-z]{2}$/"], additionalProperties: { type: "string" } },
    },
  },
};

const judge = (rules: VendorRules, one: Json): string =>
  rules.judge({ method: "POST", path: "/orders", query: new URLSearchParams(), headers: {}, body: JSON.stringify({ actions: [one] }) })
    .kind;

test.each<[string, Json, string]>([
  ["an action with its own fields", { action: "pay", amount: 3, label: { en: "paid" } }, "call"],
  ["another with its own", { action: "cancel", reason: "lost" }, "call"],
  ["a field of the other", { action: "cancel", amount: 3 }, "violation"],
  ["a misspelt field", { action: "pay", amount: 3, lable: {} }, "violation"],
  ["one that lacks what it needs", { action: "pay" }, "violation"],
  ["one that nobody knows", { action: "refund", amount: 3 }, "violation"],
])("%s: %o is a %s", (_name, one, kind) => {
  expect(judge(openApiRules(withUnions(document, ["Action"])), one)).toBe(kind);
});

test("without it nothing but the common part is known, and the document is left as it was", () => {
  const before = structuredClone(document);
  withUnions(document, ["Action"]);
  expect(document).toEqual(before);
  expect(judge(openApiRules(document), { action: "pay", amount: 3 })).toBe("violation");
});

import { describe, expect, test } from "vitest";
import { convert } from "./close-schemas.ts";
import type { Json } from "./load-spec.ts";
import { openApiRules } from "./openapi-rules.ts";
import type { RawRequest } from "./vendor-rules.ts";

const document: Json = {
  paths: {
    "/orders/{id}": {
      put: {
        operationId: "putOrder",
        parameters: [
          { in: "path", name: "id", required: true, schema: { type: "string", maxLength: 5 } },
          { in: "query", name: "dry", schema: { type: "boolean" } },
          { in: "header", name: "Idempotency-Key", required: true, schema: { type: "string" } },
        ],
        requestBody: { required: true, content: { "application/json": { schema: { $ref: "#/components/schemas/Order" } } } },
        responses: { "200": { content: { "application/json": { schema: { $ref: "#/components/schemas/Order" } } } } },
      },
    },
    "/orders/search": { get: { operationId: "search", responses: { "200": {} } } },
  },
  components: {
    schemas: {
      Order: {
        allOf: [
          { $ref: "#/components/schemas/Base" },
          { properties: { lines: { type: "array", items: { $ref: "#/components/schemas/Line" } } } },
        ],
      },
      Base: {
        type: "object",
        required: ["total", "id"],
        properties: { id: { type: "string", readOnly: true }, total: { type: "integer" } },
      },
      Line: {
        type: "object",
        properties: { name: { type: "string", nullable: true }, price: { type: "number", minimum: 0, exclusiveMinimum: true } },
      },
    },
  },
};
const rules = openApiRules(document);
const right: RawRequest = {
  method: "PUT",
  path: "/orders/a%201",
  query: new URLSearchParams("dry=true"),
  headers: { "idempotency-key": "k", host: "x" },
  body: JSON.stringify({ total: 3, lines: [{ name: null, price: 1 }] }),
};
const body = (value: unknown): Partial<RawRequest> => ({ body: JSON.stringify(value) });

describe("a specification's rules", () => {
  test("a right request is a call, with its path decoded", () => {
    expect(rules.judge(right)).toMatchObject({ kind: "call", call: { operation: "putOrder", params: { id: "a 1" }, body: { total: 3 } } });
  });

  test.each<[string, Partial<RawRequest>]>([
    ["no such path", { path: "/order/1" }],
    ["no such method", { method: "POST" }],
    ["a query that is not named", { query: new URLSearchParams("wet=true") }],
    ["a query of another type", { query: new URLSearchParams("dry=maybe") }],
    ["a header that is not named", { headers: { ...right.headers, "x-other": "1" } }],
    ["a header that is missing", { headers: {} }],
    ["a path part that is too long", { path: "/orders/123456" }],
    ["no body", { body: "" }],
    ["no JSON", { body: "{" }],
    ["a missing property", body({ lines: [] })],
    ["a misspelt property", body({ total: 3, totel: 3 })],
    ["a misspelt property further in", body({ total: 3, lines: [{ nmae: "x" }] })],
    ["a property that is read-only", body({ total: 3, id: "x", more: 1 })],
    ["a value past its exclusive limit", body({ total: 3, lines: [{ price: 0 }] })],
    ["a value of another type", body({ total: "3" })],
  ])("%s is a violation", (_name, over) => {
    expect(rules.judge({ ...right, ...over })).toMatchObject({ kind: "violation" });
  });

  test("answers are judged as well, and may say more than is named", () => {
    expect(rules.judgeAnswer("putOrder", { status: 200, body: { id: "1", total: 3, extra: true } })).toBeUndefined();
    expect(rules.judgeAnswer("putOrder", { status: 200, body: { total: 3 } })).toContain("id");
    expect(rules.judgeAnswer("putOrder", { status: 201, body: {} })).toContain("201");
    expect(rules.judgeAnswer("putOrder", { status: 400, body: {} })).toBeUndefined();
  });

  test("null is one more alternative where a vendor composes", () => {
    expect(convert({ nullable: true, oneOf: [{ type: "string" }] }, "open")).toEqual({
      anyOf: [{ anyOf: [{ type: "string" }] }, { type: "null" }],
    });
    expect(convert({ nullable: true, type: "string", enum: ["a"] }, "open")).toEqual({ type: ["string", "null"], enum: ["a", null] });
  });
});

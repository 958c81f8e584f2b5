import type { Json } from "./load-spec.ts";

/** Name of the document of all schemas. */
export const SPEC_ID = "https://vendor.example/spec";

const COMPOSED = ["allOf", "anyOf", "oneOf"] as const;

/**
 * The schemas of an OpenAPI document as strict JSON schemas, in three forms. `closed` is for what we send: an object
 * holds only properties that the vendor names, and none that it calls read-only, so that a misspelt field is found. `part`
 * is for parts of a composition in what we send, which the whole closes. `open` is for answers. References to
 * `#/components/schemas/X` lead to `#/$defs/FORM/X` of the document `SPEC_ID`.
 */
export function schemaForms(schemas: Json): Readonly<Record<Form, Json>> {
  const each = (form: Form): Json => Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, convert(schema, form)]));
  return { closed: each("closed"), part: each("part"), open: each("open") };
}

export type Form = "closed" | "part" | "open";

/** One schema of the document in one of the forms. */
export function convert(schema: unknown, form: Form): unknown {
  if (typeof schema !== "object" || schema === null || Array.isArray(schema)) return schema;
  const from = schema as Json;
  if (typeof from["$ref"] === "string") return { $ref: from["$ref"].replace("#/components/schemas/", `${SPEC_ID}#/$defs/${form}/`) };
  const composed = COMPOSED.some((key) => Array.isArray(from[key]));
  const to: Json = {};
  for (const [key, value] of Object.entries(from)) {
    if (key === "properties") Object.assign(to, convertProperties(from, form));
    else if (key === "items" || key === "not" || key === "additionalProperties") to[key] = convert(value, within(form));
    else if ((COMPOSED as readonly string[]).includes(key)) compose(to, key, value as unknown[], form);
    else if (KEPT.has(key) && !(key === "required" && from["properties"] !== undefined)) to[key] = value;
  }
  Object.assign(to, exclusiveLimits(from));
  if (form === "closed" && (composed || from["properties"] !== undefined) && from["additionalProperties"] === undefined && isObject(from))
    to["unevaluatedProperties"] = false;
  return from["nullable"] === true ? orNull(to, composed) : to;
}

/** Only the top of a part is left for the whole to close. */
const within = (form: Form): Form => (form === "open" ? "open" : "closed");

/** Vendors write `oneOf` over shapes that overlap once they are read without discriminators: any one of them will do. */
function compose(to: Json, key: string, parts: readonly unknown[], form: Form): void {
  to[key === "oneOf" ? "anyOf" : key] = parts.map((part) => convert(part, form === "open" ? "open" : "part"));
}

const KEPT = new Set(
  "type format enum required minimum maximum multipleOf minLength maxLength pattern minItems maxItems uniqueItems minProperties maxProperties".split(
    " ",
  ),
);

function convertProperties(from: Json, form: Form): Json {
  const properties = Object.entries(from["properties"] as Json);
  const hidden = properties.filter(([, one]) => form !== "open" && (one as Json | null)?.["readOnly"] === true).map(([name]) => name);
  const shown = properties.filter(([name]) => !hidden.includes(name));
  const required = Array.isArray(from["required"]) ? (from["required"] as string[]).filter((name) => !hidden.includes(name)) : [];
  // A whole that demands what it does not describe is a slip of the vendor's: its own examples leave it out.
  const isDescribed = (name: string): boolean => form !== "closed" || shown.some(([known]) => known === name);
  return {
    properties: Object.fromEntries(shown.map(([name, one]) => [name, convert(one, within(form))])),
    required: required.filter(isDescribed),
  };
}

const isObject = (from: Json): boolean => from["type"] === undefined || from["type"] === "object";

/** OpenAPI 3.0 says `exclusiveMinimum: true` beside `minimum`. */
function exclusiveLimits(from: Json): Json {
  const to: Json = {};
  if (from["exclusiveMinimum"] === true) to["exclusiveMinimum"] = from["minimum"];
  if (from["exclusiveMaximum"] === true) to["exclusiveMaximum"] = from["maximum"];
  return to;
}

/** OpenAPI 3.0 says `nullable` beside the type; beside a composition null is one more alternative. */
function orNull(to: Json, composed: boolean): Json {
  if (composed) return { anyOf: [to, { type: "null" }] };
  if (typeof to["type"] !== "string") return to;
  return { ...to, type: [to["type"], "null"], ...(Array.isArray(to["enum"]) ? { enum: [...(to["enum"] as unknown[]), null] } : {}) };
}

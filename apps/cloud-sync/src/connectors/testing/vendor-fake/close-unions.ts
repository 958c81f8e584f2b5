import type { Json } from "./load-spec.ts";

const SCHEMAS = "#/components/schemas/";

/**
 * The document with the named schemas as what they stand for: any one of the schemas that their discriminator maps to,
 * each known by its own value. Without this a closed check sees the common part alone. Names that a generator wrote as a
 * pattern (`/^[a-z]{2}$/`) into `required` name no property, and are left out.
 */
export function withUnions(document: Json, names: readonly string[]): Json {
  const components = document["components"] as Json;
  const schemas = Object.fromEntries(
    Object.entries(components["schemas"] as Record<string, Json>).map(([name, schema]) => [name, withoutPatterns(schema)]),
  );
  for (const name of names) {
    const base = schemas[name] as Json;
    const { propertyName, mapping } = base["discriminator"] as { propertyName: string; mapping: Record<string, string> };
    schemas[`${name}Base`] = base;
    schemas[name] = { oneOf: Object.values(mapping).map(($ref) => ({ $ref })) };
    for (const [value, ref] of Object.entries(mapping)) {
      const of = ref.slice(SCHEMAS.length);
      schemas[of] = narrowed(schemas[of] as Json, name, { [propertyName]: { type: "string", enum: [value] } });
    }
  }
  return { ...document, components: { ...components, schemas } };
}

const narrowed = (schema: Json, base: string, properties: Json): Json => ({
  ...schema,
  allOf: [
    ...(schema["allOf"] as Json[]).map((part) => (part["$ref"] === SCHEMAS + base ? { $ref: `${SCHEMAS}${base}Base` } : part)),
    { type: "object", properties },
  ],
});

const withoutPatterns = (schema: Json): Json => {
  const required = schema["required"];
  return Array.isArray(required) ? { ...schema, required: required.filter((name) => !String(name).startsWith("/")) } : schema;
};

import { buildClientSchema, getOperationAST, graphql, parse, validate, type GraphQLSchema, type IntrospectionQuery } from "graphql";
import { loadSpec } from "./load-spec.ts";
import { parseJsonBody, type FakeCall, type FakeAnswer, type VendorRules } from "./vendor-rules.ts";

const schemas = new Map<string, GraphQLSchema>();

/** A vendor's GraphQL schema from its own introspection, once for each file of this process. */
export function loadGraphQlSchema(path: string): GraphQLSchema {
  const known = schemas.get(path);
  if (known !== undefined) return known;
  const schema = buildClientSchema((loadSpec(path) as { data: unknown }).data as IntrospectionQuery, { assumeValid: true });
  schemas.set(path, schema);
  return schema;
}

/** Answers one root field: its arguments, coerced by the schema, and the call that it came with. */
export type RootResolver = (args: never, call: FakeCall) => unknown;

/** A document has to be valid against the schema and be one named operation; `path` is the only address. */
export function graphQlRules(schema: GraphQLSchema, path: string): VendorRules {
  return {
    judge: ({ method, path: asked, query, headers, body }) => {
      const violation = (detail: string) => ({ kind: "violation" as const, detail: `${method} ${asked}: ${detail}` });
      if (method !== "POST" || asked !== path) return violation(`not ${path}`);
      const parsed = parseJsonBody(body);
      const text = parsed.ok ? (parsed.value as { query?: unknown } | undefined)?.query : undefined;
      if (!parsed.ok || typeof text !== "string") return violation("the body is no GraphQL request");
      try {
        const document = parse(text);
        const [error] = validate(schema, document);
        const operation = getOperationAST(document)?.name?.value;
        if (error !== undefined) return violation(error.message);
        if (operation === undefined) return violation("one named operation");
        return { kind: "call", call: { operation, params: {}, query, headers, body: parsed.value } };
      } catch (error) {
        return violation((error as Error).message);
      }
    },
    // The answer is made by executing the document against the schema: it cannot have another shape.
    judgeAnswer: () => undefined,
  };
}

/** Executes a call with a resolver for each root field. Variables that do not fit the schema come back as `errors`. */
export async function executeGraphQl(
  schema: GraphQLSchema,
  roots: Readonly<Record<string, RootResolver>>,
  call: FakeCall,
): Promise<FakeAnswer> {
  const { query, variables } = call.body as { query: string; variables?: Record<string, unknown> };
  const rootValue = Object.fromEntries(Object.entries(roots).map(([name, resolve]) => [name, (args: never) => resolve(args, call)]));
  const result = await graphql({ schema, source: query, rootValue, ...(variables === undefined ? {} : { variableValues: variables }) });
  return { status: 200, body: JSON.parse(JSON.stringify(result)) as unknown };
}

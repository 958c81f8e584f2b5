import { Ajv2019, type ValidateFunction } from "ajv/dist/2019.js";
import { fullFormats } from "ajv-formats/dist/formats.js";
import { withUnions } from "./close-unions.ts";
import { convert, schemaForms, SPEC_ID, type Form } from "./close-schemas.ts";
import { findRoute, readRoutes, type Route } from "./openapi-routes.ts";
import { parseJsonBody, resolvePointer, type FakeAnswer, type RawRequest, type VendorRules } from "./vendor-rules.ts";
import { loadSpec, type Json } from "./load-spec.ts";

/** Headers that HTTP or our own line sets; a specification does not name them as parameters. */
const ALWAYS_ALLOWED = /^(host|connection|accept|user-agent|content-(type|length|encoding)|transfer-encoding|authorization)$/;

export interface OpenApiOptions {
  /** Headers that the vendor documents outside of its operations, such as one for its version; lower case. */
  readonly headers?: readonly string[];
  /** Operations whose answers the fake gives in part only, by `operationId`. */
  readonly partialAnswers?: readonly string[];
  /** Schemas that stand for those that their discriminator maps to. */
  readonly unions?: readonly string[];
}

/**
 * The rules of an OpenAPI 3.0 document: path, method, query, headers and body of every request, closed for unknown names;
 * status and body of every answer. Schemas are compiled when they are first needed.
 */
export function openApiRules(document: Json, options: OpenApiOptions = {}): VendorRules {
  const routes = readRoutes(document);
  const compile = schemaCompiler(document);
  const security = securityHeaders(document);
  const allowed = (route: Route, name: string): boolean =>
    ALWAYS_ALLOWED.test(name) || security.includes(name) || options.headers?.includes(name) === true || route.headers.has(name);
  const judge: VendorRules["judge"] = (request) => {
    const violation = (detail: string) => ({ kind: "violation" as const, detail: `${request.method} ${request.path}: ${detail}` });
    const found = findRoute(routes, request.method, request.path);
    if (found === undefined) return violation("the specification has no such operation");
    const { route, params } = found;
    const unknownHeader = Object.keys(request.headers).find((name) => !allowed(route, name));
    const wrong =
      (unknownHeader === undefined ? undefined : `header ${unknownHeader} is not in the specification`) ??
      judgeParameters(route, params, request, compile);
    if (wrong !== undefined) return violation(wrong);
    const body = parseJsonBody(request.body);
    if (!body.ok) return violation("the body is no JSON");
    const bodyWrong = judgeBody(document, route, body.value, compile);
    if (bodyWrong !== undefined) return violation(bodyWrong);
    const { query, headers } = request;
    return { kind: "call", call: { operation: route.operation, params, query, headers, body: body.value } };
  };
  const judgeAnswer = (operation: string, answer: FakeAnswer): string | undefined => {
    const route = routes.find((one) => one.operation === operation);
    if (route === undefined || options.partialAnswers?.includes(operation) === true) return undefined;
    const responses = route.definition["responses"] as Json;
    const response = responses[String(answer.status)] ?? responses["default"];
    if (response === undefined)
      return answer.status < 400 ? `${operation}: status ${answer.status} is not in the specification` : undefined;
    const schema = contentOf(resolvePointer(document, response));
    if (schema === undefined) return undefined;
    return explain(compile(`${operation} ${answer.status}`, schema, "open"), answer.body, `answer of ${operation}`);
  };
  return { judge, judgeAnswer };
}

const known = new Map<string, VendorRules>();

/** The rules of a vendor's file; read and compiled once in a process, since a suite starts many fakes. */
export function rulesOf(path: string, options: OpenApiOptions = {}): VendorRules {
  const rules =
    known.get(path) ?? openApiRules(options.unions === undefined ? loadSpec(path) : withUnions(loadSpec(path), options.unions), options);
  known.set(path, rules);
  return rules;
}

type Compile = (key: string, schema: unknown, form: Form) => ValidateFunction;

function schemaCompiler(document: Json): Compile {
  const ajv = new Ajv2019({
    strict: false,
    unevaluated: true,
    logger: false,
    unicodeRegExp: false,
    formats: fullFormats,
    coerceTypes: false,
  });
  const schemas = (document["components"] as Json | undefined)?.["schemas"] as Json | undefined;
  ajv.addSchema({ $id: SPEC_ID, $defs: schemaForms(schemas ?? {}) });
  const compiled = new Map<string, ValidateFunction>();
  return (key, schema, form) => {
    const known = compiled.get(key);
    if (known !== undefined) return known;
    const made = ajv.compile(convert(schema, form) as Json);
    compiled.set(key, made);
    return made;
  };
}

function judgeParameters(
  route: Route,
  params: Readonly<Record<string, string>>,
  request: RawRequest,
  compile: Compile,
): string | undefined {
  const names = [...new Set(request.query.keys())];
  const unknown = names.find((name) => !route.query.has(name));
  if (unknown !== undefined) return `query ${unknown} is not in the specification`;
  const given = (place: string, name: string): string[] =>
    place === "query"
      ? request.query.getAll(name)
      : [place === "path" ? params[name] : request.headers[name.toLowerCase()]].flatMap((value) => value ?? []);
  for (const parameter of route.parameters) {
    const [place, name] = [String(parameter["in"]), String(parameter["name"])];
    const values = given(place, name);
    if (values.length === 0 && parameter["required"] === true && !/^authorization$/i.test(name)) return `${place} ${name} is missing`;
    if (values.length === 0 || parameter["schema"] === undefined) continue;
    const check = compile(`${route.operation} ${place} ${name}`, parameter["schema"], "open");
    if (!readings(values).some((value) => check(value))) return `${place} ${name}: ${JSON.stringify(check.errors?.[0]?.message)}`;
  }
  return undefined;
}

/** A parameter is text; what it stands for is the specification's to say. */
function readings(values: readonly string[]): unknown[] {
  const [first = ""] = values;
  const number = first.trim() !== "" && Number.isFinite(Number(first)) ? [Number(first)] : [];
  const flag = first === "true" || first === "false" ? [first === "true"] : [];
  return [first, ...number, ...flag, values, first.split(",")];
}

function judgeBody(document: Json, route: Route, body: unknown, compile: Compile): string | undefined {
  const wished = route.definition["requestBody"];
  if (wished === undefined) return body === undefined ? undefined : "a body, and the operation takes none";
  const definition = resolvePointer(document, wished);
  if (body === undefined) return definition["required"] === true ? "the body is missing" : undefined;
  const schema = contentOf(definition);
  if (schema === undefined) return undefined;
  return explain(compile(`${route.operation} body`, schema, "closed"), body, "body");
}

const contentOf = (definition: Json): unknown => {
  const content = definition["content"] as Json | undefined;
  const json = content?.["application/json"] ?? Object.entries(content ?? {}).find(([type]) => type.includes("json"))?.[1];
  return (json as Json | undefined)?.["schema"];
};

function explain(check: ValidateFunction, value: unknown, what: string): string | undefined {
  if (check(value)) return undefined;
  const told = (check.errors ?? [])
    .slice(0, 4)
    .map((error) => `${error.instancePath} ${error.message ?? ""} ${JSON.stringify(error.params)}`)
    .join("; ");
  return `${what}: ${told}`;
}

function securityHeaders(document: Json): string[] {
  const schemes = (document["components"] as Json | undefined)?.["securitySchemes"] as Json | undefined;
  return Object.values(schemes ?? {}).flatMap((scheme) => {
    const { in: place, name } = scheme as { in?: string; name?: string };
    return place === "header" && name !== undefined ? [name.toLowerCase()] : [];
  });
}

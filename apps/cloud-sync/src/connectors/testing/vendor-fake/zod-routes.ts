import type { z } from "zod";
import { findRoute, type Route } from "./openapi-routes.ts";
import { parseJsonBody, type RawRequest, type VendorRules } from "./vendor-rules.ts";

/** One documented call of a vendor that publishes no specification of it. */
export interface ZodRoute {
  readonly operation: string;
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** `/admin/orders/{id}`. */
  readonly path: string;
  /** Of the parameters in the query, as text; undefined: it takes none. */
  readonly query?: z.ZodType;
  /** Undefined: it takes no body. */
  readonly body?: z.ZodType;
}

export interface ZodOptions {
  /** Headers of the vendor's own, in lower case; each is named by its documentation. */
  readonly headers?: readonly string[];
}

/** Headers that HTTP or our own line sets. */
const ALWAYS_ALLOWED = /^(host|connection|accept|user-agent|content-(type|length|encoding)|transfer-encoding|authorization)$/;

/** Rules written down from a vendor's documentation. Strict schemas make them closed, as those of a specification are. */
export function zodRules(routes: readonly ZodRoute[], options: ZodOptions = {}): VendorRules {
  const byOperation = new Map(routes.map((route) => [route.operation, route]));
  const patterns = routes.map(compile).toSorted((a, b) => a.names.length - b.names.length);
  return {
    judge: (request) => {
      const violation = (detail: string) => ({ kind: "violation" as const, detail: `${request.method} ${request.path}: ${detail}` });
      const found = findRoute(patterns, request.method, request.path);
      const route = byOperation.get(found?.route.operation ?? "");
      if (found === undefined || route === undefined) return violation("the documentation has no such call");
      const header = Object.keys(request.headers).find((name) => !ALWAYS_ALLOWED.test(name) && options.headers?.includes(name) !== true);
      if (header !== undefined) return violation(`header ${header} is not documented`);
      const body = parseJsonBody(request.body);
      if (!body.ok) return violation("the body is no JSON");
      const wrong = whatIsWrong(route, request, body.value);
      if (wrong !== undefined) return violation(wrong);
      const { query, headers } = request;
      return { kind: "call", call: { operation: route.operation, params: found.params, query, headers, body: body.value } };
    },
    judgeAnswer: () => undefined,
  };
}

/** Judges by the first rules that know the path, else by the last. */
export function eitherRules(documented: VendorRules, paths: RegExp, otherwise: VendorRules): VendorRules {
  return {
    judge: (request) => (paths.test(`${request.method} ${request.path}`) ? documented : otherwise).judge(request),
    judgeAnswer: (operation, answer) => documented.judgeAnswer(operation, answer) ?? otherwise.judgeAnswer(operation, answer),
  };
}

function whatIsWrong({ query, body }: ZodRoute, request: RawRequest, value: unknown): string | undefined {
  const asked = Object.fromEntries(request.query);
  if (query === undefined && Object.keys(asked).length > 0) return `query ${Object.keys(asked).join(", ")}, and the call takes none`;
  const queryWrong = query === undefined ? undefined : query.safeParse(asked).error;
  if (queryWrong !== undefined) return `query: ${queryWrong.message}`;
  if (body === undefined) return value === undefined ? undefined : "a body, and the call takes none";
  const bodyWrong = body.safeParse(value).error;
  return bodyWrong === undefined ? undefined : `body: ${bodyWrong.message}`;
}

function compile({ operation, method, path }: ZodRoute): Route {
  const names = [...path.matchAll(/\{([^}]+)\}/g)].map(([, name = ""]) => name);
  const parts = path.split(/\{[^}]+\}/).map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  const pattern = new RegExp(`^${parts.join("([^/]+)")}$`);
  return { method: method.toLowerCase(), pattern, names, operation, definition: {}, parameters: [], query: new Set(), headers: new Set() };
}

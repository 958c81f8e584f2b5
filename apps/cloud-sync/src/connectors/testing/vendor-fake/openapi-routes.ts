import type { Json } from "./load-spec.ts";
import { resolvePointer } from "./vendor-rules.ts";

/** One operation of an OpenAPI document. */
export interface Route {
  readonly method: string;
  readonly pattern: RegExp;
  readonly names: readonly string[];
  /** `operationId`, or method and path where there is none. */
  readonly operation: string;
  readonly definition: Json;
  readonly parameters: readonly Json[];
  readonly query: ReadonlySet<string>;
  readonly headers: ReadonlySet<string>;
}

const METHODS = ["get", "post", "put", "patch", "delete"];

/** All operations, those with fewer variable parts first: `/a/search` before `/a/{id}`. */
export function readRoutes(document: Json): Route[] {
  const routes = Object.entries(document["paths"] as Json).flatMap(([path, item]) =>
    METHODS.filter((method) => (item as Json)[method] !== undefined).map((method) => readRoute(document, path, item as Json, method)),
  );
  return routes.toSorted((a, b) => a.names.length - b.names.length);
}

function readRoute(document: Json, path: string, item: Json, method: string): Route {
  const definition = item[method] as Json;
  const names = [...path.matchAll(/\{([^}]+)\}/g)].map(([, name = ""]) => name);
  const parts = path.split(/\{[^}]+\}/).map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  const parameters = [item["parameters"], definition["parameters"]]
    .flatMap((list) => (Array.isArray(list) ? (list as unknown[]) : []))
    .map((one) => resolvePointer(document, one));
  const namesIn = (place: string): string[] => parameters.filter((one) => one["in"] === place).map((one) => String(one["name"]));
  return {
    method,
    pattern: new RegExp(`^${parts.join("([^/]+)")}$`),
    names,
    operation: (definition["operationId"] as string | undefined) ?? `${method} ${path}`,
    definition,
    parameters,
    query: new Set(namesIn("query")),
    headers: new Set(namesIn("header").map((name) => name.toLowerCase())),
  };
}

/** The operation of a request and the variable parts of its path, decoded. */
export function findRoute(
  routes: readonly Route[],
  method: string,
  path: string,
): { readonly route: Route; readonly params: Readonly<Record<string, string>> } | undefined {
  for (const route of routes) {
    const match = route.method === method.toLowerCase() ? route.pattern.exec(path) : null;
    if (match === null) continue;
    return { route, params: Object.fromEntries(route.names.map((name, at) => [name, decodeURIComponent(match[at + 1] ?? "")])) };
  }
  return undefined;
}

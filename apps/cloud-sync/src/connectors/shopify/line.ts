import { z } from "zod";
import type { ConnectorPorts } from "../connector.ts";
import { openJsonLine, type JsonLine } from "../http/json-line.ts";
import type { Fault, Outcome } from "../outcome.ts";
import { API_VERSION, type ShopifyConfig } from "./manifest.ts";

const costSchema = z.object({
  requestedQueryCost: z.number(),
  throttleStatus: z.object({ maximumAvailable: z.number(), currentlyAvailable: z.number(), restoreRate: z.number().positive() }),
});
const envelopeSchema = z.object({
  data: z.record(z.string(), z.unknown()).nullish(),
  errors: z.array(z.object({ message: z.string(), extensions: z.object({ code: z.string().optional() }).loose().optional() })).optional(),
  extensions: z.object({ cost: costSchema.optional() }).loose().optional(),
});

/** Left of the query budget below which all workers of the token are slowed down: a tenth. */
const BUDGET_LOW = 0.1;

export interface ShopifyLine {
  readonly config: ShopifyConfig;
  readonly ports: ConnectorPorts;
  readonly http: JsonLine;
}

export const openShopifyLine = (config: ShopifyConfig, ports: ConnectorPorts): ShopifyLine => ({
  config,
  ports,
  http: openJsonLine(config, ports, { headers: () => Promise.resolve({ "x-shopify-access-token": config.secret }) }),
});

/** One GraphQL operation whose data has to be of `shape`. Shopify throttles, and refuses, with status 200. */
export async function callShopify<T>(line: ShopifyLine, query: string, variables: object, shape: z.ZodType<T>): Promise<Outcome<T>> {
  const path = `/admin/api/${API_VERSION}/graphql.json`;
  const result = await line.http.call({ method: "POST", path, body: { query, variables } });
  if (result.kind !== "answer") return result;
  const { status, json } = result.answer;
  const parsed = envelopeSchema.safeParse(json);
  // The address is every item's: where nothing answers to it, nothing would get through.
  if (status === 404) return { kind: "set-up", detail: "status 404: no such shop, or no such release of its API" };
  if (status !== 200) return { kind: "rejected", detail: `status ${status}` };
  if (!parsed.success) return { kind: "uncertain", detail: "an answer of another shape" };
  const { data, errors = [], extensions } = parsed.data;
  const cost = extensions?.cost;
  const codes = errors.map((error) => error.extensions?.code ?? "");
  if (codes.includes("THROTTLED")) return throttled(line, cost);
  if (cost !== undefined) noteBudget(line, cost);
  if (codes.includes("ACCESS_DENIED")) return { kind: "set-up", detail: "ACCESS_DENIED" };
  if (codes.includes("INTERNAL_SERVER_ERROR")) return { kind: "uncertain", detail: "INTERNAL_SERVER_ERROR" };
  if (errors.length > 0) {
    const detail = (errors[0]?.message ?? "").slice(0, 200);
    // Something was done, and only the telling of it failed.
    const isDone = Object.values(data ?? {}).some((value) => value !== null);
    return isDone ? { kind: "uncertain", detail } : { kind: "rejected", detail };
  }
  const value = shape.safeParse(data);
  return value.success ? { kind: "ok", value: value.data } : { kind: "uncertain", detail: "an answer of another shape" };
}

type Cost = z.infer<typeof costSchema>;

/** Nothing was done; the budget refills by so much a second. */
function throttled({ ports }: ShopifyLine, cost: Cost | undefined): Fault {
  const lacking = cost === undefined ? 0 : cost.requestedQueryCost - cost.throttleStatus.currentlyAvailable;
  const retryAfterMs = cost === undefined ? 1_000 : Math.max(0, Math.ceil((lacking / cost.throttleStatus.restoreRate) * 1_000));
  ports.noteRate({ kind: "limited", retryAfterMs });
  return { kind: "theirs", detail: "THROTTLED", retryAfterMs, slowDown: true };
}

function noteBudget({ ports }: ShopifyLine, { requestedQueryCost, throttleStatus }: Cost): void {
  const { maximumAvailable, currentlyAvailable, restoreRate } = throttleStatus;
  if (currentlyAvailable >= maximumAvailable * BUDGET_LOW) return;
  const requests = Math.floor(currentlyAvailable / Math.max(1, requestedQueryCost));
  ports.noteRate({ kind: "remaining", requests, resetMs: Math.ceil(((maximumAvailable - currentlyAvailable) / restoreRate) * 1_000) });
}

import type { z } from "zod";
import type { ConnectorPorts, SendContext } from "../connector.ts";
import { openTokenLine } from "../http/client-credentials.ts";
import type { JsonLine } from "../http/json-line.ts";
import type { Fault, Outcome } from "../outcome.ts";
import type { CommercetoolsConfig } from "./manifest.ts";
import { errorSchema } from "./shapes.ts";

export interface CommercetoolsLine {
  readonly config: CommercetoolsConfig;
  readonly http: JsonLine;
}

/** A line and what the dispatcher knows, for one item. */
export interface Talk extends CommercetoolsLine {
  readonly context: SendContext;
}

export function openCommercetoolsLine(config: CommercetoolsConfig, ports: ConnectorPorts): CommercetoolsLine {
  const { authUrl, clientId, secret } = config;
  const tokenUrl = `${authUrl.replace(/\/+$/, "")}/oauth/token`;
  return { config, http: openTokenLine(config, { tokenUrl, clientId, secret }, ports) };
}

/** `absent`: nothing stands there. `duplicate`: a unique field is taken. `conflict`: the record was changed meanwhile. */
export type Said<T> =
  | { readonly kind: "ok"; readonly value: T }
  | { readonly kind: "absent" }
  | { readonly kind: "duplicate" }
  | { readonly kind: "conflict" }
  | Fault;

/** One request to a path of the project whose answer has to be of `shape`; anything else at a success proves nothing. */
export async function callCommercetools<T>(
  { config, http }: CommercetoolsLine,
  request: { readonly method: "GET" | "POST"; readonly path: string; readonly body?: unknown },
  shape: z.ZodType<T>,
): Promise<Said<T>> {
  const result = await http.call({ ...request, path: `/${encodeURIComponent(config.projectKey)}${request.path}` });
  if (result.kind !== "answer") return result;
  const { status, json } = result.answer;
  if (status < 300) {
    const parsed = shape.safeParse(json);
    return parsed.success
      ? { kind: "ok", value: parsed.data }
      : { kind: "uncertain", detail: `${request.method}: an answer of another shape` };
  }
  if (status === 404) return { kind: "absent" };
  if (status === 409) return { kind: "conflict" };
  const error = errorSchema.safeParse(json);
  const [first] = error.success ? (error.data.errors ?? []) : [];
  if (status === 400 && first?.code === "DuplicateField" && (first.field === "orderNumber" || first.field === "key"))
    return { kind: "duplicate" };
  return { kind: "rejected", detail: `status ${status} ${first?.code ?? ""} ${first?.field ?? ""}`.trim() };
}

/** A record by its address; undefined: there is none. */
export async function readRecord<T>(line: CommercetoolsLine, path: string, shape: z.ZodType<T>): Promise<Outcome<T | undefined>> {
  const said = await callCommercetools(line, { method: "GET", path }, shape);
  if (said.kind === "absent") return { kind: "ok", value: undefined };
  return said.kind === "duplicate" || said.kind === "conflict" ? { kind: "uncertain", detail: `a read answered ${said.kind}` } : said;
}

import { z } from "zod";
import type { ConnectorPorts, SendContext } from "../connector.ts";
import { openJsonLine, type JsonLine, type JsonRequest } from "../http/json-line.ts";
import type { Fault, Outcome } from "../outcome.ts";
import type { MedusaConfig } from "./manifest.ts";

export interface MedusaLine {
  readonly config: MedusaConfig;
  readonly http: JsonLine;
  /** Ids of variants by SKU, as far as they are known. */
  readonly variants: Map<string, string>;
}

/** A line and what the dispatcher knows, for one item. */
export interface Talk extends MedusaLine {
  readonly context: SendContext;
}

export const openMedusaLine = (config: MedusaConfig, ports: ConnectorPorts): MedusaLine => ({
  config,
  variants: new Map(),
  http: openJsonLine(config, ports, {
    headers: () => Promise.resolve({ authorization: `Basic ${Buffer.from(`${config.secret}:`).toString("base64")}` }),
  }),
});

const errorSchema = z.object({ type: z.string().optional(), message: z.string() });
const DETAIL_CHARS_MAX = 200;
/** Refusals of what was done already, or of what someone else is doing: what stands there now must be read anew. */
const MOVED = /already|active order change|not a draft|can only mark|more than the captured/i;

/** `absent`: no record has that id. */
export type Said<T> = { readonly kind: "ok"; readonly value: T } | { readonly kind: "absent" } | Fault;

/** One request whose answer has to be of `shape`; anything else at a success proves nothing. */
export async function askMedusa<T>({ http }: MedusaLine, request: JsonRequest, shape: z.ZodType<T>): Promise<Said<T>> {
  const result = await http.call(request);
  if (result.kind !== "answer") return result;
  const { status, json } = result.answer;
  if (status < 300) {
    const parsed = shape.safeParse(json);
    return parsed.success
      ? { kind: "ok", value: parsed.data }
      : { kind: "uncertain", detail: `${request.method}: an answer of another shape` };
  }
  if (status === 404) return { kind: "absent" };
  const error = errorSchema.safeParse(json);
  const detail = `status ${status}${error.success ? ` ${error.data.message.slice(0, DETAIL_CHARS_MAX)}` : ""}`;
  return status === 409 || MOVED.test(detail) ? { kind: "theirs", detail } : { kind: "rejected", detail };
}

/** A request about a record that was just seen. */
export async function callMedusa<T>(line: MedusaLine, request: JsonRequest, shape: z.ZodType<T>): Promise<Outcome<T>> {
  const said = await askMedusa(line, request, shape);
  return said.kind === "absent"
    ? { kind: "rejected", detail: `status 404 at ${request.path.replaceAll(/[a-z_]+_[A-Z0-9]{20,}/g, "{id}")}` }
    : said;
}

/** A write whose answer names the record that it is about; another's proves nothing. */
export async function postMedusa(
  line: MedusaLine,
  path: string,
  body: unknown,
  about: { readonly field: string; readonly id: string },
): Promise<Outcome<null>> {
  const shape = z.looseObject({ [about.field]: z.looseObject({ id: z.string() }) });
  const said = await callMedusa(line, { method: "POST", path, body }, shape);
  if (said.kind !== "ok") return said;
  const told = (said.value as Record<string, { id: string }>)[about.field];
  return told?.id === about.id ? { kind: "ok", value: null } : { kind: "uncertain", detail: "the answer is about another record" };
}

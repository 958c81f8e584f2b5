import { z } from "zod";
import type { ConnectorPorts } from "../connector.ts";
import { openTokenLine } from "../http/client-credentials.ts";
import type { JsonLine, JsonRequest } from "../http/json-line.ts";
import type { Outcome } from "../outcome.ts";
import type { BusinessCentralConfig } from "./manifest.ts";

export interface BusinessCentralLine {
  readonly config: BusinessCentralConfig;
  readonly http: JsonLine;
  /** Ids of items by number, as far as they are known. */
  readonly items: Map<string, string>;
}

export function openBusinessCentralLine(config: BusinessCentralConfig, ports: ConnectorPorts): BusinessCentralLine {
  const { tokenUrl, clientId, secret, scope } = config;
  return { config, items: new Map(), http: openTokenLine(config, { tokenUrl, clientId, secret, scope, secretIn: "body" }, ports) };
}

const errorSchema = z.object({ error: z.object({ code: z.string(), message: z.string() }) });
const DETAIL_CHARS_MAX = 200;
/** Somebody else changed or locks the same record: what stands there must be read anew. */
const MOVED = /EntityChanged|RecordNotFound|Lock|Conflict/i;

/** One request within the company whose answer has to be of `shape`; anything else at a success proves nothing. */
export async function callBusinessCentral<T>(line: BusinessCentralLine, request: JsonRequest, shape: z.ZodType<T>): Promise<Outcome<T>> {
  const result = await line.http.call({ ...request, path: `/companies(${line.config.company})${request.path}` });
  if (result.kind !== "answer") return result;
  const { status, json } = result.answer;
  if (status < 300) {
    const parsed = shape.safeParse(json);
    return parsed.success
      ? { kind: "ok", value: parsed.data }
      : { kind: "uncertain", detail: `${request.method}: an answer of another shape` };
  }
  const error = errorSchema.safeParse(json);
  const code = error.success ? error.data.error.code : "";
  const detail = `status ${status}${error.success ? ` ${code}: ${error.data.error.message.slice(0, DETAIL_CHARS_MAX)}` : ""}`;
  return { kind: status === 409 || status === 412 || MOVED.test(code) ? "theirs" : "rejected", detail };
}

import { z } from "zod";
import type { ConnectorPorts } from "../connector.ts";
import { openJsonLine, type JsonLine, type JsonRequest } from "../http/json-line.ts";
import type { Outcome } from "../outcome.ts";
import type { ErpnextConfig } from "./manifest.ts";

export interface ErpnextLine {
  readonly config: ErpnextConfig;
  readonly http: JsonLine;
}

export const openErpnextLine = (config: ErpnextConfig, ports: ConnectorPorts): ErpnextLine => ({
  config,
  http: openJsonLine(config, ports, { headers: () => Promise.resolve({ authorization: `token ${config.secret}` }) }),
});

const errorSchema = z.object({ exc_type: z.string().optional(), exception: z.string().optional() });
const DETAIL_CHARS_MAX = 200;
/** Somebody else wrote the same at the same time: what stands there must be read anew. */
const MOVED = new Set([
  "TimestampMismatchError",
  "DuplicateEntryError",
  "UniqueValidationError",
  "QueryDeadlockError",
  "QueryTimeoutError",
]);

/** One request whose answer has to be of `shape`; anything else at a success proves nothing. */
export async function callErpnext<T>({ http }: ErpnextLine, request: JsonRequest, shape: z.ZodType<T>): Promise<Outcome<T>> {
  const result = await http.call(request);
  if (result.kind !== "answer") return result;
  const { status, json } = result.answer;
  if (status < 300) {
    const parsed = shape.safeParse(json);
    return parsed.success
      ? { kind: "ok", value: parsed.data }
      : { kind: "uncertain", detail: `${request.method}: an answer of another shape` };
  }
  const error = errorSchema.safeParse(json);
  const type = error.success ? (error.data.exc_type ?? "") : "";
  const told = error.success ? ` ${type} ${(error.data.exception ?? "").slice(0, DETAIL_CHARS_MAX)}`.trimEnd() : "";
  return { kind: status === 409 || MOVED.has(type) ? "theirs" : "rejected", detail: `status ${status}${told}` };
}

import { z } from "zod";
import type { ConnectorPorts } from "../connector.ts";
import { openJsonLine, type JsonLine, type JsonRequest } from "../http/json-line.ts";
import type { Outcome } from "../outcome.ts";
import type { SquareConfig } from "./manifest.ts";

/** The release of Square's API that the connector was written and tested against. */
const SQUARE_VERSION = "2025-08-20";

const errorsSchema = z.object({ errors: z.array(z.object({ code: z.string(), field: z.string().optional() })).min(1) });

export interface SquareLine {
  readonly config: SquareConfig;
  readonly ports: ConnectorPorts;
  readonly http: JsonLine;
}

export const openSquareLine = (config: SquareConfig, ports: ConnectorPorts): SquareLine => ({
  config,
  ports,
  http: openJsonLine(config, ports, {
    headers: () => Promise.resolve({ authorization: `Bearer ${config.secret}`, "square-version": SQUARE_VERSION }),
  }),
});

/**
 * One request whose answer has to be of `shape`; anything else at a success proves nothing.
 * A key that Square knows with another content is `uncertain`: something of ours stands there, and a look-up tells what.
 */
export async function callSquare<T>(line: SquareLine, request: JsonRequest, shape: z.ZodType<T>): Promise<Outcome<T>> {
  const result = await line.http.call(request);
  if (result.kind !== "answer") return result;
  const { status, json } = result.answer;
  if (status >= 200 && status < 300) {
    const parsed = shape.safeParse(json);
    if (parsed.success) return { kind: "ok", value: parsed.data };
    return { kind: "uncertain", detail: `${request.method} ${request.path}: an answer of another shape` };
  }
  const errors = errorsSchema.safeParse(json);
  // Square names what it does not find: without that nothing of Square's answered, and nothing would get through.
  if (status === 404 && !errors.success)
    return { kind: "set-up", detail: `${request.method} ${request.path}: status 404 without Square's error` };
  const codes = errors.success ? errors.data.errors.map(({ code, field }) => (field === undefined ? code : `${code} (${field})`)) : [];
  const detail = `${request.method} ${request.path}: ${codes.join(", ") || `status ${status}`}`;
  return codes.some((code) => code.startsWith("IDEMPOTENCY_KEY_REUSED")) ? { kind: "uncertain", detail } : { kind: "rejected", detail };
}

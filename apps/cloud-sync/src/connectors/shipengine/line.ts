import { z } from "zod";
import type { ConnectorPorts } from "../connector.ts";
import { openJsonLine, type JsonLine, type JsonRequest } from "../http/json-line.ts";
import type { Outcome } from "../outcome.ts";
import type { ShipengineConfig } from "./manifest.ts";

export const openShipengineLine = (config: ShipengineConfig, ports: ConnectorPorts): JsonLine =>
  openJsonLine(config, ports, { headers: () => Promise.resolve({ "api-key": config.secret }) });

const errorsSchema = z.object({ errors: z.array(z.object({ error_code: z.string(), message: z.string() })).min(1) });
const DETAIL_CHARS_MAX = 200;

/**
 * One request whose answer has to be of `shape`; `missing`: ShipEngine itself says that there is no such record. Anything
 * else at a success proves nothing.
 */
export async function callShipengine<T>(http: JsonLine, request: JsonRequest, shape: z.ZodType<T>): Promise<Outcome<T | "missing">> {
  const result = await http.call(request);
  if (result.kind !== "answer") return result;
  const { status, json } = result.answer;
  if (status < 300) {
    const parsed = shape.safeParse(json);
    return parsed.success
      ? { kind: "ok", value: parsed.data }
      : { kind: "uncertain", detail: `${request.method}: an answer of another shape` };
  }
  const [error] = errorsSchema.safeParse(json).data?.errors ?? [];
  if (status === 404 && error !== undefined) return { kind: "ok", value: "missing" };
  const detail = `status ${status}${error === undefined ? "" : ` ${error.error_code}: ${error.message.slice(0, DETAIL_CHARS_MAX)}`}`;
  // Without an error of its own a 404 is a wrong address: nothing would get through.
  return { kind: status === 404 ? "set-up" : status === 409 ? "theirs" : "rejected", detail };
}

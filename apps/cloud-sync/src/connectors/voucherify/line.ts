import { z } from "zod";
import type { ConnectorPorts } from "../connector.ts";
import { openJsonLine, type JsonLine, type JsonRequest } from "../http/json-line.ts";
import type { Outcome } from "../outcome.ts";
import type { VoucherifyConfig } from "./manifest.ts";

const errorSchema = z.object({ key: z.string().optional(), message: z.string().optional() });

export interface VoucherifyLine {
  readonly config: VoucherifyConfig;
  readonly http: JsonLine;
}

export const openVoucherifyLine = (config: VoucherifyConfig, ports: ConnectorPorts): VoucherifyLine => ({
  config,
  http: openJsonLine(config, ports, { headers: () => Promise.resolve({ "x-app-id": config.appId, "x-app-token": config.secret }) }),
});

/** One request whose answer has to be of `shape`; anything else at a success proves nothing. A 404 is `undefined`. */
export async function callVoucherify<T>(line: VoucherifyLine, request: JsonRequest, shape: z.ZodType<T>): Promise<Outcome<T | undefined>> {
  const result = await line.http.call(request);
  if (result.kind !== "answer") return result;
  const { status, json } = result.answer;
  if (status === 404) return { kind: "ok", value: undefined };
  if (status >= 200 && status < 300) {
    const parsed = shape.safeParse(json);
    return parsed.success
      ? { kind: "ok", value: parsed.data }
      : { kind: "uncertain", detail: `${request.method}: an answer of another shape` };
  }
  const error = errorSchema.safeParse(json);
  return { kind: "rejected", detail: `status ${status} ${(error.success ? error.data.key : undefined) ?? ""}`.trim() };
}

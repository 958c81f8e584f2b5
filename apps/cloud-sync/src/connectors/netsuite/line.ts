import { z } from "zod";
import type { ConnectorPorts } from "../connector.ts";
import { openTokenLine } from "../http/client-credentials.ts";
import type { JsonLine, JsonRequest, JsonResult } from "../http/json-line.ts";
import type { NetSuiteConfig } from "./manifest.ts";

export interface NetSuiteLine {
  readonly config: NetSuiteConfig;
  readonly http: JsonLine;
}

export function openNetSuiteLine(config: NetSuiteConfig, ports: ConnectorPorts): NetSuiteLine {
  const tokenUrl = new URL("/services/rest/auth/oauth2/v1/token", config.url).href;
  const { clientId, secret: privateKey, certificateId: keyId } = config;
  return { config, http: openTokenLine(config, { tokenUrl, clientId, privateKey, keyId, scopes: ["rest_webservices"] }, ports) };
}

/** One request, tried once. */
export const callNetSuite = ({ http }: NetSuiteLine, request: JsonRequest): Promise<JsonResult> => http.call(request);

const problemSchema = z.object({
  "o:errorDetails": z.array(z.object({ detail: z.string(), "o:errorCode": z.string().optional() })).min(1),
});
const DETAIL_CHARS_MAX = 200;

/** NetSuite's words for a refusal: its code, and what it says to the user. */
export function tellProblem(status: number, json: unknown): string {
  const problem = problemSchema.safeParse(json).data?.["o:errorDetails"][0];
  return `status ${status}${problem === undefined ? "" : ` ${problem["o:errorCode"] ?? ""}: ${problem.detail.slice(0, DETAIL_CHARS_MAX)}`}`;
}

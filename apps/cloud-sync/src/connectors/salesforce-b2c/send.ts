import { orderKey } from "@tillsync/sync-protocol";
import { z } from "zod";
import type { ConnectorPorts, DeliveryItem, SendResult } from "../connector.ts";
import { openTokenLine } from "../http/client-credentials.ts";
import type { JsonAnswer, JsonLine } from "../http/json-line.ts";
import type { SalesforceB2cConfig } from "./manifest.ts";
import { planItem, type Planned } from "./map.ts";

export interface SalesforceB2cLine {
  readonly config: SalesforceB2cConfig;
  readonly http: JsonLine;
}

export const openSalesforceB2cLine = (config: SalesforceB2cConfig, ports: ConnectorPorts): SalesforceB2cLine => ({
  config,
  http: openTokenLine(config, config, ports),
});

const faultSchema = z.object({ fault: z.object({ type: z.string() }) });

/** Puts the statuses of one step, each of which may be put again. */
export async function sendToSalesforceB2c({ config, http }: SalesforceB2cLine, item: DeliveryItem): Promise<SendResult> {
  const planned = planItem(item, config);
  if (planned.kind !== "plan") return planned;
  for (const { path, body } of planned.statuses) {
    const result = await http.call({ method: "PUT", path, body });
    if (result.kind !== "answer") return result;
    const wrong = judge(result.answer, planned.step);
    if (wrong !== undefined) return wrong;
  }
  return { kind: "delivered", vendorId: planned.step.orderId };
}

/** Undefined: the status is put. */
function judge({ status, json }: JsonAnswer, step: Extract<Planned, { kind: "plan" }>["step"]): SendResult | undefined {
  if (status === 204 && json === undefined) return undefined;
  if (status < 300) return { kind: "uncertain", detail: `status ${status} instead of an empty answer` };
  const parsed = faultSchema.safeParse(json);
  const fault = parsed.success ? parsed.data.fault.type : "";
  if (status === 404 && fault === "OrderNotFoundException")
    return { kind: "cause-missing", cause: orderKey(step), detail: "the site has no such order" };
  // Without its fault a 404 may as well be a wrong address: nothing would get through.
  if (status === 404) return { kind: "set-up", detail: `status 404 ${fault}`.trim() };
  if (status === 409) return { kind: "theirs", detail: "status 409" };
  return { kind: "rejected", detail: `status ${status} ${fault}`.trim() };
}

import { orderKey } from "@tillsync/sync-protocol";
import type { ConnectorPorts, DeliveryItem, SendResult } from "../connector.ts";
import { openTokenLine } from "../http/client-credentials.ts";
import type { JsonAnswer, JsonLine } from "../http/json-line.ts";
import type { SalesforceB2cConfig } from "./manifest.ts";
import { faultOf, refusalOf } from "./fault.ts";
import { planItem, type Planned } from "./map.ts";
import { planCount } from "./plan-count.ts";
import { putCount, type Progress } from "./put-count.ts";

export interface SalesforceB2cLine {
  readonly config: SalesforceB2cConfig;
  readonly http: JsonLine;
  readonly progress: Progress;
}

export const openSalesforceB2cLine = (config: SalesforceB2cConfig, ports: ConnectorPorts): SalesforceB2cLine => ({
  config,
  http: openTokenLine(config, config, ports),
  progress: new Map(),
});

/** Puts the statuses of one step, or the amounts of one count, each of which may be put again. */
export async function sendToSalesforceB2c({ config, http, progress }: SalesforceB2cLine, item: DeliveryItem): Promise<SendResult> {
  if (item.transaction.transactionType === "Inventory") {
    const counted = planCount(item, config);
    return counted.kind === "count" ? putCount(http, counted.count, progress) : counted;
  }
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
function judge(answer: JsonAnswer, step: Extract<Planned, { kind: "plan" }>["step"]): SendResult | undefined {
  const { status, json } = answer;
  if (status === 204 && json === undefined) return undefined;
  if (status < 300) return { kind: "uncertain", detail: `status ${status} instead of an empty answer` };
  if (status === 404 && faultOf(answer) === "OrderNotFoundException")
    return { kind: "cause-missing", cause: orderKey(step), detail: "the site has no such order" };
  return refusalOf(answer);
}

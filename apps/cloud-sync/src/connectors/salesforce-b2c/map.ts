import type { OrderStatusTransaction } from "@tillsync/sync-protocol";
import type { DeliveryItem, Mapped } from "../connector.ts";
import type { SalesforceB2cConfig } from "./manifest.ts";
import { pathOfRecord, planCount } from "./plan-count.ts";

type Step = OrderStatusTransaction["orderStatus"];

/** One status that is put. */
export interface PlannedStatus {
  readonly field: "confirmation_status" | "shipping_status" | "status" | "external_status";
  readonly path: string;
  readonly body: { readonly status: string };
}

export type Planned =
  | { readonly kind: "plan"; readonly step: Step; readonly statuses: readonly PlannedStatus[] }
  | { readonly kind: "nothing"; readonly reason: string };

/** What a step of an order puts at B2C Commerce. Pure. */
export function planItem({ transaction }: DeliveryItem, config: SalesforceB2cConfig): Planned {
  if (transaction.transactionType !== "OrderStatus") return { kind: "nothing", reason: "no step of an order" };
  if (transaction.status !== "completed" || transaction.trainingMode === true) return { kind: "nothing", reason: "the step was not taken" };
  const step = transaction.orderStatus;
  if (config.system !== undefined && step.system !== config.system) return { kind: "nothing", reason: "an order of another system" };
  const base = `/sites/${encodeURIComponent(config.siteId)}/orders/${encodeURIComponent(step.orderId)}`;
  const put = (field: PlannedStatus["field"], status: string): PlannedStatus => ({ field, path: `${base}/${field}`, body: { status } });
  return {
    kind: "plan",
    step,
    statuses: [...meaningOf(step).map(([field, status]) => put(field, status)), put("external_status", step.status)],
  };
}

/** What the shop itself knows of a step; every step is told as the order's external status besides. */
function meaningOf({ status, lines }: Step): (readonly [PlannedStatus["field"], string])[] {
  if (status === "confirmed") return [["confirmation_status", "confirmed"]];
  if (status === "shipped") return [["shipping_status", lines === undefined ? "shipped" : "part_shipped"]];
  // Shops leave steps out: what was delivered was shipped. A part that was delivered may be of an order that was shipped as a whole.
  if (status === "delivered" && lines === undefined) return [["shipping_status", "shipped"]];
  // Some of its lines are no reason to cancel an order.
  if (status === "cancelled" && lines === undefined) return [["status", "cancelled"]];
  return [];
}

/** The requests of an item for the dry run. */
export function mapItem(item: DeliveryItem, config: SalesforceB2cConfig): Mapped {
  if (item.transaction.transactionType === "Inventory") return mapCount(item, config);
  const planned = planItem(item, config);
  if (planned.kind !== "plan") return planned;
  return {
    kind: "requests",
    requests: planned.statuses.map(({ path, body }) => ({ reference: planned.step.orderId, what: `PUT ${path}`, body })),
  };
}

function mapCount(item: DeliveryItem, config: SalesforceB2cConfig): Mapped {
  const planned = planCount(item, config);
  if (planned.kind !== "count") return planned;
  const { reference, list, resetDate, products } = planned.count;
  return {
    kind: "requests",
    requests: products.map(({ id, amount }) => ({
      reference,
      what: `PATCH ${pathOfRecord(list, id)}`,
      body: { allocation: { amount, reset_date: resetDate } },
    })),
  };
}

import type { OrderStatusTransaction } from "@tillsync/sync-protocol";
import type { DeliveryItem, Mapped } from "../connector.ts";
import type { ShipengineConfig } from "./manifest.ts";

type Step = OrderStatusTransaction["orderStatus"];

/** Longest `external_shipment_id`. */
const EXTERNAL_ID_CHARS_MAX = 50;

export type Planned =
  | { readonly kind: "plan"; readonly act: "label" | "cancel"; readonly step: Step; readonly externalId: string }
  | { readonly kind: "nothing"; readonly reason: string }
  | { readonly kind: "rejected"; readonly detail: string };

/**
 * What a step of an order means for its shipment, which the shop's own system made with the customer's address: that never
 * passes through here. Pure.
 */
export function planItem({ transaction }: DeliveryItem, { labelAt, system }: ShipengineConfig): Planned {
  if (transaction.transactionType !== "OrderStatus") return { kind: "nothing", reason: "no step of an order" };
  if (transaction.status !== "completed" || transaction.trainingMode === true) return { kind: "nothing", reason: "the step was not taken" };
  const step = transaction.orderStatus;
  if (system !== undefined && step.system !== system) return { kind: "nothing", reason: "an order of another system" };
  if (step.status !== labelAt && step.status !== "cancelled") return { kind: "nothing", reason: "a step that moves no label" };
  // One label stands for the whole shipment.
  if (step.lines !== undefined) return { kind: "nothing", reason: "a part of the order" };
  if (step.orderId.length > EXTERNAL_ID_CHARS_MAX)
    return { kind: "rejected", detail: `ShipEngine takes no order number longer than ${EXTERNAL_ID_CHARS_MAX} characters` };
  return { kind: "plan", act: step.status === "cancelled" ? "cancel" : "label", step, externalId: step.orderId };
}

/** The requests of an item for the dry run; ids that ShipEngine gives are left out. */
export function mapItem(item: DeliveryItem, config: ShipengineConfig): Mapped {
  const planned = planItem(item, config);
  if (planned.kind !== "plan") return planned;
  const what =
    planned.act === "label"
      ? "POST /v1/labels/shipment/{shipment_id}"
      : "PUT /v1/labels/{label_id}/void, /v1/shipments/{shipment_id}/cancel";
  return { kind: "requests", requests: [{ reference: planned.externalId, what, body: planned.act === "label" ? {} : undefined }] };
}

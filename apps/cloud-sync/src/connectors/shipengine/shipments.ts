import { orderKey } from "@tillsync/sync-protocol";
import { z } from "zod";
import type { JsonLine } from "../http/json-line.ts";
import type { Outcome } from "../outcome.ts";
import { callShipengine } from "./line.ts";
import type { Planned } from "./map.ts";

export type Wish = Extract<Planned, { kind: "plan" }>;

export interface Shipment {
  readonly id: string;
  readonly isCancelled: boolean;
}

/** More labels than one shipment ever has. */
const LABELS_MAX = 100;

const shipmentSchema = z.object({
  shipment_id: z.string().min(1),
  external_shipment_id: z.string(),
  shipment_status: z.enum(["pending", "processing", "label_purchased", "cancelled"]),
});
const labelSchema = z.object({ label_id: z.string().min(1), shipment_id: z.string(), status: z.string(), created_at: z.string() });
const voidSchema = z.object({ approved: z.boolean(), message: z.string() });
const nothingSchema = z.unknown();

/** The shipment of an order, by its own number. One that is not there yet is waited for. */
export async function findShipment(http: JsonLine, { externalId, step }: Wish): Promise<Outcome<Shipment>> {
  const path = `/v1/shipments/external_shipment_id/${encodeURIComponent(externalId)}`;
  const found = await callShipengine(http, { method: "GET", path }, shipmentSchema);
  if (found.kind !== "ok") return found;
  if (found.value === "missing")
    return { kind: "cause-missing", cause: orderKey(step), detail: "ShipEngine has no shipment of this order" };
  if (found.value.external_shipment_id !== externalId) return { kind: "uncertain", detail: "the look-up answers with another shipment" };
  return { kind: "ok", value: { id: found.value.shipment_id, isCancelled: found.value.shipment_status === "cancelled" } };
}

/** Labels of a shipment that stand for money and a parcel, the oldest first. */
export async function findLabels(http: JsonLine, { id }: Shipment): Promise<Outcome<readonly string[]>> {
  const query = { shipment_id: id, page_size: String(LABELS_MAX) };
  const found = await callShipengine(http, { method: "GET", path: "/v1/labels", query }, z.object({ labels: z.array(labelSchema) }));
  if (found.kind !== "ok") return found;
  if (found.value === "missing") return { kind: "set-up", detail: "no list of labels under this address" };
  if (found.value.labels.some((label) => label.shipment_id !== id))
    return { kind: "uncertain", detail: "the look-up answers with other labels" };
  const live = found.value.labels.filter(({ status }) => status === "completed" || status === "processing");
  const sorted = live.toSorted((a, b) => (a.created_at + a.label_id < b.created_at + b.label_id ? -1 : 1));
  return { kind: "ok", value: sorted.map(({ label_id: label }) => label) };
}

/** Buys a label, as the shipment says. */
export async function buyLabel(http: JsonLine, { id }: Shipment): Promise<Outcome<string>> {
  const path = `/v1/labels/shipment/${encodeURIComponent(id)}`;
  const bought = await callShipengine(http, { method: "POST", path, body: {} }, labelSchema);
  if (bought.kind !== "ok") return bought;
  if (bought.value === "missing") return { kind: "theirs", detail: "the shipment has gone meanwhile" };
  if (bought.value.shipment_id !== id) return { kind: "uncertain", detail: "the answer is of another shipment" };
  if (bought.value.status === "error") return { kind: "rejected", detail: "the carrier gave no label" };
  return { kind: "ok", value: bought.value.label_id };
}

/** Gives labels back. A carrier that keeps one is a matter for a person. */
export async function voidLabels(http: JsonLine, labels: readonly string[]): Promise<Outcome<null>> {
  for (const label of labels) {
    const path = `/v1/labels/${encodeURIComponent(label)}/void`;
    const voided = await callShipengine(http, { method: "PUT", path }, voidSchema);
    if (voided.kind !== "ok") return voided;
    if (voided.value !== "missing" && !voided.value.approved)
      return { kind: "rejected", detail: `label ${label} is not taken back: ${voided.value.message.slice(0, 200)}` };
  }
  return { kind: "ok", value: null };
}

export async function cancelShipment(http: JsonLine, { id }: Shipment): Promise<Outcome<null>> {
  const cancelled = await callShipengine(http, { method: "PUT", path: `/v1/shipments/${encodeURIComponent(id)}/cancel` }, nothingSchema);
  return cancelled.kind === "ok" ? { kind: "ok", value: null } : cancelled;
}

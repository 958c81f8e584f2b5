import type { LookUpResult, SendResult } from "../connector.ts";
import type { JsonLine } from "../http/json-line.ts";
import { asLookUp, type Outcome } from "../outcome.ts";
import type { Planned } from "./map.ts";
import { buyLabel, cancelShipment, findLabels, findShipment, voidLabels, type Shipment } from "./shipments.ts";

/** Brings a step to its end: one label and no more, or none and a shipment that is called off. */
export async function bringShipment(http: JsonLine, planned: Planned): Promise<SendResult> {
  if (planned.kind !== "plan") return planned;
  const shipment = await findShipment(http, planned);
  // What was never to be sent need not be called off.
  if (shipment.kind === "cause-missing" && planned.act === "cancel") return { kind: "nothing", reason: "there is no shipment to cancel" };
  if (shipment.kind !== "ok") return shipment;
  const done = planned.act === "label" ? await bringLabel(http, shipment.value) : await callOff(http, shipment.value);
  return done.kind === "ok" ? { kind: "delivered", vendorId: done.value } : done;
}

/** Counts the labels before one is bought and after: of several, as a request that arrived twice leaves them, the oldest stays. */
async function bringLabel(http: JsonLine, shipment: Shipment): Promise<Outcome<string>> {
  if (shipment.isCancelled) return { kind: "rejected", detail: "the shipment was cancelled at ShipEngine" };
  let labels = await findLabels(http, shipment);
  if (labels.kind === "ok" && labels.value.length === 0) {
    const bought = await buyLabel(http, shipment);
    if (bought.kind !== "ok") return bought;
    labels = await findLabels(http, shipment);
  }
  if (labels.kind !== "ok") return labels;
  const [first, ...others] = labels.value;
  if (first === undefined) return { kind: "uncertain", detail: "the label does not show" };
  const voided = await voidLabels(http, others);
  return voided.kind === "ok" ? { kind: "ok", value: first } : voided;
}

async function callOff(http: JsonLine, shipment: Shipment): Promise<Outcome<string>> {
  const labels = await findLabels(http, shipment);
  if (labels.kind !== "ok") return labels;
  const voided = await voidLabels(http, labels.value);
  if (voided.kind !== "ok") return voided;
  const cancelled = shipment.isCancelled ? voided : await cancelShipment(http, shipment);
  return cancelled.kind === "ok" ? { kind: "ok", value: shipment.id } : cancelled;
}

/** What has come of a step; changes nothing. */
export async function lookUpShipment(http: JsonLine, planned: Planned): Promise<LookUpResult> {
  if (planned.kind !== "plan") return planned;
  const shipment = await findShipment(http, planned);
  if (shipment.kind !== "ok") return asLookUp(shipment);
  const labels = await findLabels(http, shipment.value);
  if (labels.kind !== "ok") return asLookUp(labels);
  const [first, ...others] = labels.value;
  const { id, isCancelled } = shipment.value;
  if (planned.act === "label") {
    if (first === undefined) return { kind: "absent" };
    return others.length === 0 ? { kind: "found", vendorId: first } : { kind: "unfinished", vendorId: first };
  }
  if (isCancelled && first === undefined) return { kind: "found", vendorId: id };
  return isCancelled ? { kind: "unfinished", vendorId: id } : { kind: "absent" };
}

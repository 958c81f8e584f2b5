import type { Amount } from "@tillsync/sync-protocol";
import type { DeliveryItem } from "../../connector.ts";
import type { BookedDocument } from "../../testing/vendor-fake/expected-effects.ts";
import { rulesOf } from "../../testing/vendor-fake/openapi-rules.ts";
import type { FakeOptions, VendorMemory } from "../../testing/vendor-fake/run-scenario.ts";
import type { FakeVendor } from "../../testing/vendor-fake/start-vendor-fake.ts";
import type { FakeAnswer, FakeCall } from "../../testing/vendor-fake/vendor-rules.ts";
import type { VirtualClock } from "../../testing/vendor-fake/virtual-clock.ts";

export const SECRET = "TEST_api-key";
/** Orders whose shipments the shop's own system has made. */
export const ORDERS = ["00001", "00002", "00900"];

interface Label {
  readonly id: string;
  readonly shipment: string;
  readonly atMs: number;
  status: "completed" | "voided";
}

const refuse = (status: number, code: string): FakeAnswer => ({
  status,
  body: {
    request_id: "3d5f2a10-2c1e-4f0e-9d3a-1f2e3d4c5b6a",
    errors: [{ error_source: "shipengine", error_type: "business_rules", error_code: code, message: code }],
  },
});
const idOf = (order: string): string => `se-${Number(order)}`;

/** A small ShipEngine: every request for a label buys one. */
export function fakeShipengine(clock: VirtualClock, { blind }: FakeOptions): { vendor: FakeVendor; memory: VendorMemory } {
  const cancelled = new Set<string>();
  const labels: Label[] = [];
  const orderOf = (id: string): string | undefined => ORDERS.find((order) => idOf(order) === id);
  const shown = ({ id, shipment, status, atMs }: Label) => ({
    label_id: id,
    shipment_id: shipment,
    status,
    created_at: new Date(atMs).toISOString(),
  });
  const findShipment = (order = ""): FakeAnswer => {
    if (!ORDERS.includes(order)) return refuse(404, "not_found");
    const bought = labels.some(({ shipment, status }) => shipment === idOf(order) && status === "completed");
    const status = cancelled.has(order) ? "cancelled" : bought ? "label_purchased" : "pending";
    return { status: 200, body: { shipment_id: idOf(order), external_shipment_id: order, shipment_status: status } };
  };
  const buy = (id = ""): FakeAnswer => {
    const order = orderOf(id);
    if (order === undefined) return refuse(404, "not_found");
    if (cancelled.has(order)) return refuse(400, "invalid_status");
    const label: Label = { id: `se-${1_000 + labels.length}`, shipment: id, atMs: clock.nowMs(), status: "completed" };
    labels.push(label);
    return { status: 200, body: shown(label) };
  };
  const handlers: Readonly<Record<string, (call: FakeCall) => FakeAnswer>> = {
    get_shipment_by_external_id: ({ params }) => findShipment(params["external_shipment_id"]),
    list_labels: ({ query }) => {
      const all = labels.filter(({ shipment }) => shipment === query.get("shipment_id"));
      // A blind one shows what the same attempt has bought, and forgets it.
      const seen = blind ? all.filter(({ atMs }) => atMs === clock.nowMs()) : all;
      return { status: 200, body: { labels: seen.map(shown), total: seen.length, page: 1, pages: 1, links: {} } };
    },
    create_label_from_shipment: ({ params }) => buy(params["shipment_id"]),
    void_label: ({ params }) => {
      const label = labels.find(({ id }) => id === params["label_id"]);
      if (label === undefined) return refuse(404, "not_found");
      label.status = "voided";
      return { status: 200, body: { approved: true, message: "" } };
    },
    cancel_shipments: ({ params }) => {
      const order = orderOf(params["shipment_id"] ?? "");
      if (order === undefined) return refuse(404, "not_found");
      cancelled.add(order);
      return { status: 204 };
    },
  };
  const reads = new Set(["get_shipment_by_external_id", "list_labels"]);
  const vendor: FakeVendor = {
    // Shipments and labels have dozens of fields; the fake gives those that the connector lives by.
    rules: rulesOf("shipengine/openapi.yaml.gz", {
      partialAnswers: ["get_shipment_by_external_id", "list_labels", "create_label_from_shipment", "cancel_shipments"],
    }),
    answer: (call) =>
      call.headers["api-key"] === SECRET ? (handlers[call.operation]?.(call) ?? refuse(404, "not_found")) : refuse(401, "unauthorized"),
    // Voiding and cancelling again changes nothing; a label that arrives twice is two.
    repeatable: () => true,
    reads: ({ operation }) => reads.has(operation),
  };
  const documents = (): BookedDocument[] => [
    ...labels.filter(({ status }) => status === "completed").map(({ shipment }) => asDocument(`${orderOf(shipment)} label`)),
    ...[...cancelled].map((order) => asDocument(`${order} cancelled`)),
  ];
  return { vendor, memory: { documents, points: () => ({}) } };
}

const asDocument = (reference: string): BookedDocument => ({ reference, total: "0" as Amount, currency: "" });

/** One label of each order that was picked and not cancelled. */
export function expectedAtShipengine(items: readonly DeliveryItem[]): { documents: BookedDocument[]; points: Record<string, number> } {
  const effects = new Map<string, string>();
  for (const { transaction } of items) {
    if (transaction.transactionType !== "OrderStatus") continue;
    const { orderId, status, lines } = transaction.orderStatus;
    if (lines === undefined && status === "picked") effects.set(orderId, "label");
    if (lines === undefined && status === "cancelled") effects.set(orderId, "cancelled");
  }
  return { documents: [...effects].map(([order, effect]) => asDocument(`${order} ${effect}`)), points: {} };
}

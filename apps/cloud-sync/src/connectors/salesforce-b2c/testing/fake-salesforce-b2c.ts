import type { Amount } from "@tillsync/sync-protocol";
import type { DeliveryItem } from "../../connector.ts";
import type { BookedDocument } from "../../testing/vendor-fake/expected-effects.ts";
import { answerToken, TOKEN, withIssuer } from "../../testing/vendor-fake/issue-tokens.ts";
import { rulesOf } from "../../testing/vendor-fake/openapi-rules.ts";
import type { FakeOptions, VendorMemory } from "../../testing/vendor-fake/run-scenario.ts";
import type { FakeVendor } from "../../testing/vendor-fake/start-vendor-fake.ts";
import type { FakeAnswer, FakeCall } from "../../testing/vendor-fake/vendor-rules.ts";
import type { VirtualClock } from "../../testing/vendor-fake/virtual-clock.ts";

export const CLIENT = { clientId: "till", secret: "b2c-test" };
const ISSUED = { ...CLIENT, token: "token-of-the-till" };
export const SITE = "Shop";
/** Orders that the site has. */
export const ORDERS = ["00001", "00002", "00900"];

const FIELDS: Readonly<Record<string, string>> = {
  putSitesByIDOrdersByIDConfirmationStatus: "confirmation",
  putSitesByIDOrdersByIDShippingStatus: "shipping",
  putSitesByIDOrdersByIDStatus: "status",
  putSitesByIDOrdersByIDExternalStatus: "external",
};

const fault = (status: number, type: string): FakeAnswer => ({ status, body: { _v: "25.6", fault: { type, message: type } } });

export const LIST = "berlin";
/** What inventory list has of each product, reset long ago. */
export const STOCK_BEFORE: Readonly<Record<string, number>> = { apple: 40, "coffee/beans": 25, mug: 12, pear: 9 };
const RESET_BEFORE = "2026-01-01T00:00:00.000Z";

interface Allocation {
  readonly amount: number;
  readonly reset_date: string;
}

/** Records of one inventory list: the allocation is put as it is, and the platform writes times with milliseconds. */
function fakeInventory(keysIgnored: boolean): {
  readonly serve: (call: FakeCall) => FakeAnswer;
  readonly documents: () => BookedDocument[];
} {
  const records = new Map<string, Allocation>(
    Object.entries(STOCK_BEFORE).map(([id, amount]) => [id, { amount, reset_date: RESET_BEFORE }]),
  );
  const serve = ({ operation, params, body }: FakeCall): FakeAnswer => {
    const { inventory_list_id = "", product_id = "" } = params;
    const known = records.get(product_id);
    if (inventory_list_id !== LIST) return fault(404, "InventoryListNotFoundException");
    if (known === undefined) return fault(404, "ProductInventoryRecordNotFoundException");
    if (operation.startsWith("patch")) {
      const { amount, reset_date } = (body as { allocation: Allocation }).allocation;
      records.set(product_id, {
        amount: keysIgnored ? known.amount + amount : amount,
        reset_date: new Date(reset_date).toISOString(),
      });
    }
    return { status: 200, body: { _v: "25.6", inventory_list_id, product_id, allocation: records.get(product_id), perpetual_flag: false } };
  };
  const documents = (): BookedDocument[] =>
    [...records]
      .filter(([, { reset_date }]) => reset_date !== RESET_BEFORE)
      .map(([id, { amount }]) => ({ reference: `stock ${id}`, total: String(amount) as Amount, currency: "" }));
  return { serve, documents };
}

/** A small B2C Commerce: orders whose statuses are put, and an inventory list. With keys ignored a repeat counts, as if statuses were not absolute. */
export function fakeSalesforceB2c(_clock: VirtualClock, { keysIgnored }: FakeOptions): { vendor: FakeVendor; memory: VendorMemory } {
  const statuses = new Map<string, string>();
  const inventory = fakeInventory(keysIgnored);
  const put = ({ operation, params, body }: FakeCall): FakeAnswer => {
    const [field, order = ""] = [FIELDS[operation], params["order_no"]];
    if (params["site_id"] !== SITE) return fault(404, "SiteNotFoundException");
    if (field === undefined || !ORDERS.includes(order)) return fault(404, "OrderNotFoundException");
    const { status } = body as { status: string };
    const key = `${order} ${field}`;
    const known = statuses.get(key);
    statuses.set(key, keysIgnored && known?.startsWith(status) === true ? `${known}, ${status}` : status);
    return { status: 204 };
  };
  const vendor: FakeVendor = {
    rules: withIssuer(rulesOf("salesforce-b2c/ocapi-data-api.json.gz"), "/token"),
    answer: (call) => {
      if (call.operation === TOKEN) return answerToken(call, ISSUED);
      if (call.headers["authorization"] !== `Bearer ${ISSUED.token}`) return fault(401, "InvalidAccessTokenException");
      return call.operation.includes("ProductInventoryRecords") ? inventory.serve(call) : put(call);
    },
    repeatable: () => true,
    reads: ({ operation }) => operation === TOKEN || operation.startsWith("get"),
  };
  return { vendor, memory: { documents: () => [...asDocuments(statuses), ...inventory.documents()], points: () => ({}) } };
}

const asDocuments = (statuses: ReadonlyMap<string, string>): BookedDocument[] =>
  [...statuses].map(([key, status]) => ({ reference: `${key} ${status}`, total: "0" as Amount, currency: "" }));

const MEANS: Readonly<Record<string, readonly [string, string]>> = {
  confirmed: ["confirmation", "confirmed"],
  shipped: ["shipping", "shipped"],
  delivered: ["shipping", "shipped"],
  cancelled: ["status", "cancelled"],
};

/** The latest step as the external status, and what the steps mean to the shop. */
export function expectedAtSalesforceB2c(items: readonly DeliveryItem[]): { documents: BookedDocument[]; points: Record<string, number> } {
  const statuses = new Map<string, string>();
  const counted = new Map<string, BookedDocument>();
  for (const { transaction } of items) {
    if (transaction.transactionType === "Inventory")
      for (const { itemId, quantity } of transaction.inventory.items)
        counted.set(itemId, { reference: `stock ${itemId}`, total: quantity.value as string as Amount, currency: "" });
    if (transaction.transactionType !== "OrderStatus") continue;
    const { orderId, status, lines } = transaction.orderStatus;
    const [field, value] = MEANS[status] ?? [];
    if (field !== undefined && value !== undefined) statuses.set(`${orderId} ${field}`, lines === undefined ? value : `part_${value}`);
    statuses.set(`${orderId} external`, status);
  }
  return { documents: [...asDocuments(statuses), ...counted.values()], points: {} };
}

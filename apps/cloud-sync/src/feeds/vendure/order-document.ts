import { currencyExponent, storeTimeSchema, type OrderStatus, type StoreId } from "@tillsync/sync-protocol";
import type { FeedDocument, FeedItem } from "../feed-kind.ts";
import { STATES, type VendureFeedConfig } from "./config.ts";
import type { FeedOrder } from "./operations.ts";

/** What an order of Vendure is to the store that hands it over; nothing where no store does. Pure. */
export function orderItem(order: FeedOrder, config: VendureFeedConfig): FeedItem {
  const key = order.code;
  const status = statusOf(order, config);
  if (status === undefined) return { key, documents: [], refused: [{ code: "feed.mapping-missing", detail: `states: ${order.state}` }] };
  const store = storeOf(order, config);
  if (status === null || store === undefined) return { key, documents: [], refused: [] };
  const { orderSystem } = config;
  const document: FeedDocument = {
    collection: "orders",
    id: orderSystem === undefined ? order.code : `${orderSystem}:${order.code}`,
    scope: `store:${store}` as FeedDocument["scope"],
    fields: {
      orderId: order.code,
      ...(orderSystem === undefined ? {} : { system: orderSystem }),
      storeId: store,
      status,
      lines: order.lines
        .filter(({ quantity }) => quantity > 0)
        // Vendure gives them in any order; another order would be another content.
        .toSorted(byId)
        .map(({ quantity, productVariant: { sku, name } }) => ({
          itemId: Object.hasOwn(config.items, sku) ? config.items[sku] : sku,
          description: name,
          quantity: { value: String(quantity), uom: "EA" },
        })),
      currency: order.currencyCode,
      exponent: currencyExponent(order.currencyCode) ?? 0,
      total: String(order.totalWithTax),
      due: dueOf(order),
      ...ownField(order, config.pickupCodeField, "pickupCode"),
      ...promisedAt(order, config),
    },
  };
  return { key, documents: [document], refused: [] };
}

/** Ids are numbers or random texts. */
const byId = (a: { readonly id: string }, b: { readonly id: string }): number => a.id.length - b.id.length || (a.id < b.id ? -1 : 1);

const ownEntry = <T>(table: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;

/** Goods that are put together for the customer are picked, whatever Vendure calls the order meanwhile. */
function statusOf(order: FeedOrder, { states }: VendureFeedConfig): OrderStatus | null | undefined {
  const told = Object.hasOwn(states, order.state) ? states[order.state] : ownEntry(STATES, order.state);
  if (told !== "confirmed") return told;
  const put = (order.fulfillments ?? []).filter(({ state }) => state !== "Cancelled").flatMap(({ lines }) => lines);
  const isPut = (line: FeedOrder["lines"][number]): boolean =>
    put.filter(({ orderLineId }) => orderLineId === line.id).reduce((sum, { quantity }) => sum + quantity, 0) >= line.quantity;
  const lines = order.lines.filter(({ quantity }) => quantity > 0);
  return lines.length > 0 && lines.every(isPut) ? "picked" : told;
}

function storeOf(order: FeedOrder, { storeBy, stores }: VendureFeedConfig): StoreId | undefined {
  if (storeBy.by === "orderField") {
    const value = order.customFields?.[storeBy.field];
    return typeof value === "string" ? ownEntry(stores, value) : undefined;
  }
  const codes = order.shippingLines.map(({ shippingMethod }) => shippingMethod?.code ?? "");
  return codes.map((code) => ownEntry(stores, code)).find((store) => store !== undefined);
}

/** Payments that are sure, less what was given back. Of a cancelled order nothing is due any more. */
function dueOf({ state, totalWithTax, payments }: FeedOrder): string {
  if (state === "Cancelled") return "0";
  const sure = (payments ?? []).filter((payment) => payment.state === "Settled" || payment.state === "Authorized");
  const refunds = sure.flatMap((payment) => payment.refunds.filter((refund) => refund.state === "Settled"));
  const paid = sure.reduce((sum, { amount }) => sum + BigInt(amount), 0n) - refunds.reduce((sum, { total }) => sum + BigInt(total), 0n);
  const due = BigInt(totalWithTax) - paid;
  return due > 0n ? due.toString() : "0";
}

function ownField(order: FeedOrder, field: string | undefined, name: string): Record<string, unknown> {
  const value = field === undefined ? undefined : order.customFields?.[field];
  return typeof value === "string" && value !== "" ? { [name]: value } : {};
}

/** A time that is none of a store's clock is left out: an order is handed over without it just as well. */
function promisedAt(order: FeedOrder, { promisedAtField }: VendureFeedConfig): Record<string, unknown> {
  const { value } = ownField(order, promisedAtField, "value");
  const parsed = storeTimeSchema.safeParse(typeof value === "string" ? value.slice(0, "2026-12-01T16:00".length) : undefined);
  return parsed.success ? { promisedAt: parsed.data } : {};
}

import { z } from "zod";
import type { BookedDocument } from "./compare-books.ts";

const PAGE = 100;
const DEADLINE_MS = 60_000;

const orderSchema = z.object({
  state: z.string(),
  customFields: z.object({ posReference: z.string().nullable() }),
  lines: z.array(z.unknown()),
  payments: z.array(
    z.object({
      state: z.string(),
      amount: z.number().int(),
      metadata: z.object({ tenders: z.array(z.object({ type: z.string(), amount: z.string() })).optional() }).nullable(),
      refunds: z.array(z.object({ state: z.string(), total: z.number().int(), reason: z.string().nullable() })),
    }),
  ),
  history: z.object({ items: z.array(z.object({ data: z.looseObject({ reason: z.string().nullish() }) })) }),
});
type Order = z.infer<typeof orderSchema>;

const ORDERS = `query ($skip: Int!, $take: Int!) { orders(options: { skip: $skip, take: $take, sort: { id: ASC } }) { items {
  state customFields { posReference } lines { id }
  payments { state amount metadata refunds { state total reason } }
  history(options: { filter: { type: { eq: "ORDER_CANCELLATION" } } }) { items { data } }
} } }`;

const STOCK = `query ($skip: Int!, $take: Int!) { productVariants(options: { skip: $skip, take: $take, sort: { id: ASC } }) { items {
  sku trackInventory stockLevels { stockOnHand stockAllocated stockLocation { name } }
} } }`;

const variantSchema = z.object({
  sku: z.string(),
  trackInventory: z.string(),
  stockLevels: z.array(z.object({ stockOnHand: z.number(), stockAllocated: z.number(), stockLocation: z.object({ name: z.string() }) })),
});

/** What stands in a Vendure. */
export interface VendureStanding {
  /** By our reference: what orders were paid, less what was refunded. What stands twice is listed twice. */
  readonly booked: readonly BookedDocument[];
  /** Orders with a reference that are not at their end. */
  readonly unfinished: number;
  /** What attempts left behind: empty drafts, and orders that were cancelled unpaid. No reference, no money. */
  readonly empty: number;
  /** What has no reference, and is more than that. */
  readonly stray: number;
}

export interface VendureBooks {
  standing(): Promise<VendureStanding>;
  /** Stock on hand by SKU in one location, of variants whose stock is counted; `allocated`: promised to orders, and not gone. */
  stock(location: string): Promise<{ readonly onHand: Record<string, number>; readonly allocated: number }>;
}

/** Reads a Vendure with a client of its own: nothing of the connector has a say in it. */
export function openVendureBooks(facts: Readonly<Record<string, unknown>>): VendureBooks {
  const { url, apiKey } = z.object({ url: z.string(), apiKey: z.string() }).parse(facts);
  const pages = async <Row>(query: string, row: z.ZodType<Row>): Promise<Row[]> => {
    const all: Row[] = [];
    for (;;) {
      const answer = await fetch(url, {
        method: "POST",
        headers: { "content-type": "application/json", "vendure-api-key": apiKey },
        body: JSON.stringify({ query, variables: { skip: all.length, take: PAGE } }),
        signal: AbortSignal.timeout(DEADLINE_MS),
      });
      const { data } = z.object({ data: z.record(z.string(), z.object({ items: z.array(row) })) }).parse(await answer.json());
      const items = Object.values(data).flatMap((list) => list.items);
      all.push(...items);
      if (items.length < PAGE) return all;
    }
  };
  return {
    standing: async () => standingOf(await pages(ORDERS, orderSchema)),
    stock: async (location) => {
      const counted = (await pages(STOCK, variantSchema)).filter(({ trackInventory }) => trackInventory === "TRUE");
      const here = counted.map(({ sku, stockLevels }) => ({ sku, level: stockLevels.find((one) => one.stockLocation.name === location) }));
      return {
        onHand: Object.fromEntries(here.map(({ sku, level }) => [sku, level?.stockOnHand ?? 0])),
        allocated: here.reduce((sum, { level }) => sum + (level?.stockAllocated ?? 0), 0),
      };
    },
  };
}

/** An attempt of its own name (`tx_...~2`), as a weakened connector makes them, is an attempt at the same document. */
const documentOf = (reference: string): string => reference.replace(/~\d+$/, "");

interface Parts {
  total: number;
  orders: number;
  /** The most refunds, or cancellations, of one order under this reference. */
  repeats: number;
}

function standingOf(orders: readonly Order[]): VendureStanding {
  const documents = new Map<string, Parts>();
  const partsOf = (reference: string): Parts => {
    const key = documentOf(reference);
    const parts = documents.get(key) ?? { total: 0, orders: 0, repeats: 0 };
    documents.set(key, parts);
    return parts;
  };
  for (const order of orders) {
    if (order.customFields.posReference !== null) {
      const parts = partsOf(order.customFields.posReference);
      parts.orders += 1;
      parts.total += sum(order.payments.filter(({ state }) => state === "Settled").map(({ amount }) => amount));
    }
    const refunds = order.payments.flatMap((payment) => payment.refunds.filter(({ state }) => state === "Settled"));
    for (const { reason, total } of refunds) partsOf(reason ?? "no reason").total -= total;
    const cancelled = order.history.items.map(({ data }) => data.reason ?? "no reason");
    for (const reasons of [refunds.map(({ reason }) => reason ?? "no reason"), cancelled])
      for (const [reason, same] of Map.groupBy(reasons, documentOf))
        partsOf(reason).repeats = Math.max(partsOf(reason).repeats, same.length);
  }
  const named = orders.filter(({ customFields }) => customFields.posReference !== null);
  const nameless = orders.filter(({ customFields }) => customFields.posReference === null);
  const empty = nameless.filter(
    ({ state, lines, payments }) => payments.length === 0 && (lines.length === 0 || state === "Cancelled"),
  ).length;
  return {
    booked: [...documents].flatMap(([reference, { total, orders: count, repeats }]) =>
      Array.from({ length: Math.max(1, count, repeats) }, () => ({ reference, total: String(total) })),
    ),
    unfinished: named.filter(({ state }) => state !== "Delivered" && state !== "Cancelled").length,
    empty,
    stray: nameless.length - empty,
  };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

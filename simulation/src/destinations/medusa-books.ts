import { z } from "zod";
import type { BookedDocument } from "./compare-books.ts";

const PAGE = 50;
const DEADLINE_MS = 60_000;

const money = z.number();
const orderSchema = z.object({
  id: z.string(),
  total: money,
  metadata: z.record(z.string(), z.unknown()).nullable(),
  items: z.array(
    z.object({
      quantity: z.number(),
      unit_price: money,
      detail: z.object({ fulfilled_quantity: z.number(), delivered_quantity: z.number() }),
    }),
  ),
  fulfillments: z.array(z.object({ delivered_at: z.string().nullish() })),
  payment_collections: z.array(
    z.object({
      status: z.string(),
      payments: z.array(
        z.object({
          captures: z.array(z.object({ amount: money })),
          refunds: z.array(z.object({ amount: money, note: z.string().nullish() })),
        }),
      ),
    }),
  ),
  returns: z.array(z.object({ status: z.string(), metadata: z.record(z.string(), z.unknown()).nullable() })),
});
type Order = z.infer<typeof orderSchema>;

const FIELDS = [
  "id,total,metadata,items.quantity,items.unit_price,items.detail.*,fulfillments.delivered_at",
  "payment_collections.status,payment_collections.payments.captures.*,payment_collections.payments.refunds.*",
  "returns.status,returns.metadata",
].join(",");

/** What stands in a Medusa. */
export interface MedusaStanding {
  /** By our reference: what orders were paid, or owe, less what was refunded. What stands twice is listed twice. */
  readonly booked: readonly BookedDocument[];
  /** Orders that are not paid and handed over, and returns that were not received. */
  readonly unfinished: readonly string[];
  /** Orders without a reference of ours. */
  readonly stray: number;
}

export interface MedusaBooks {
  standing(): Promise<MedusaStanding>;
  /** Points by account, and the notes of all movements. */
  ledger(
    accounts: Readonly<Record<string, string>>,
  ): Promise<{ readonly balances: Record<string, number>; readonly notes: readonly string[] }>;
}

/** Reads a Medusa with a client of its own: nothing of the connector has a say in it. */
export function openMedusaBooks(facts: Readonly<Record<string, unknown>>): MedusaBooks {
  const { url, apiKey } = z.object({ url: z.string(), apiKey: z.string() }).parse(facts);
  const read = async (path: string, query: Record<string, string>): Promise<unknown> => {
    const answer = await fetch(`${url}${path}?${new URLSearchParams(query)}`, {
      headers: { authorization: `Basic ${Buffer.from(`${apiKey}:`).toString("base64")}` },
      signal: AbortSignal.timeout(DEADLINE_MS),
    });
    return answer.json();
  };
  const pages = async <Row>(path: string, key: string, fields: string, row: z.ZodType<Row>): Promise<Row[]> => {
    const all: Row[] = [];
    for (;;) {
      const query = { limit: String(PAGE), offset: String(all.length), order: "id", fields };
      const page = z.object({ [key]: z.array(row) }).parse(await read(path, query))[key] as Row[];
      all.push(...page);
      if (page.length < PAGE) return all;
    }
  };
  return {
    standing: async () => standingOf(await pages("/admin/orders", "orders", FIELDS, orderSchema)),
    ledger: async (accounts) => {
      const movement = z.object({ type: z.string(), amount: z.number(), note: z.string().nullish() });
      const balances: Record<string, number> = {};
      const notes: string[] = [];
      for (const [member, account] of Object.entries(accounts)) {
        const rows = await pages(`/admin/store-credit-accounts/${account}/transactions`, "transactions", "id,type,amount,note", movement);
        balances[member] = sum(rows.map(({ type, amount }) => (type === "credit" ? amount : -amount)));
        notes.push(...rows.flatMap(({ note }) => note ?? []));
      }
      return { balances, notes };
    },
  };
}

/** An attempt of its own name (`tx_...~2`), as a weakened connector makes them, is an attempt at the same document. */
const documentOf = (reference: string): string => reference.replace(/~\d+$/, "");
const cents = (amount: number): number => Math.round(amount * 100);
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const referenceOf = (metadata: Order["metadata"]): string => {
  const reference = metadata?.["pos_reference"];
  return typeof reference === "string" ? documentOf(reference) : "";
};

function standingOf(orders: readonly Order[]): MedusaStanding {
  const documents = new Map<string, { total: number; seen: Map<string, number> }>();
  const note = (reference: string, amount: number, what: string): void => {
    const one = documents.get(reference) ?? { total: 0, seen: new Map<string, number>() };
    one.total += amount;
    one.seen.set(what, (one.seen.get(what) ?? 0) + 1);
    documents.set(reference, one);
  };
  const own = orders.filter(({ metadata }) => referenceOf(metadata) !== "");
  for (const order of own) {
    const payments = order.payment_collections.flatMap((one) => one.payments);
    const captured = sum(payments.flatMap(({ captures }) => captures.map(({ amount }) => cents(amount))));
    const part = String(order.metadata?.["pos_part"]);
    note(referenceOf(order.metadata), part === "owed" ? cents(order.total) : captured, part);
    for (const { amount, note: reference } of payments.flatMap(({ refunds }) => refunds))
      note(documentOf(reference ?? "no note"), -cents(amount), `refund of ${order.id}`);
    for (const { metadata } of order.returns) note(referenceOf(metadata), 0, `return of ${order.id}`);
  }
  return {
    booked: [...documents].flatMap(([reference, { total, seen }]) =>
      Array.from({ length: Math.max(...seen.values()) }, () => ({ reference, total: String(total) })),
    ),
    unfinished: own.flatMap((order) => whatIsOpen(order).map((what) => `${order.id}: ${what}`)),
    stray: orders.length - own.length,
  };
}

function whatIsOpen({ metadata, items, fulfillments, payment_collections: collections, returns }: Order): string[] {
  const returnsOpen = returns
    .filter(({ status }) => status !== "received" && status !== "canceled")
    .map(({ status }) => `a return ${status}`);
  if (metadata?.["pos_part"] === "owed") return returnsOpen;
  const isHanded = items.every(({ quantity, detail }) => detail.fulfilled_quantity === quantity && detail.delivered_quantity === quantity);
  const isDelivered = fulfillments.every(({ delivered_at: at }) => (at ?? undefined) !== undefined);
  const isPaid = collections.every(({ status }) => status === "completed");
  return [...returnsOpen, ...(isHanded && isDelivered ? [] : ["not handed over"]), ...(isPaid ? [] : ["not paid"])];
}

import type { Amount } from "@tillsync/sync-protocol";
import { z } from "zod";
import type { BookedDocument } from "../../testing/vendor-fake/expected-effects.ts";
import type { FakeOptions, VendorMemory } from "../../testing/vendor-fake/run-scenario.ts";
import type { FakeVendor } from "../../testing/vendor-fake/start-vendor-fake.ts";
import type { FakeAnswer, FakeCall } from "../../testing/vendor-fake/vendor-rules.ts";
import type { VirtualClock } from "../../testing/vendor-fake/virtual-clock.ts";
import { zodRules } from "../../testing/vendor-fake/zod-routes.ts";

export const SECRET = "key0123:secret0123";
const FIELD = "tillsync_reference";

const flag = z.union([z.literal(0), z.literal(1)]);
const invoiceSchema = z.strictObject({
  [FIELD]: z.string(),
  company: z.string(),
  customer: z.string().min(1),
  pos_profile: z.string().min(1),
  is_pos: z.literal(1),
  is_return: flag,
  return_against: z.string().optional(),
  posting_date: z.iso.date(),
  set_posting_time: z.literal(1),
  currency: z.string().length(3),
  update_stock: flag,
  ignore_pricing_rule: flag,
  disable_rounded_total: flag,
  remarks: z.string(),
  items: z
    .array(
      z.strictObject({
        item_code: z.string().min(1),
        description: z.string(),
        qty: z.number(),
        rate: z.number().min(0),
        item_tax_rate: z.string(),
      }),
    )
    .min(1),
  taxes: z.array(
    z.strictObject({
      charge_type: z.literal("On Net Total"),
      account_head: z.string().min(1),
      description: z.string(),
      rate: z.number(),
      included_in_print_rate: z.literal(1),
    }),
  ),
  payments: z.array(z.strictObject({ mode_of_payment: z.string().min(1), amount: z.number() })),
});
type Wish = z.infer<typeof invoiceSchema>;
interface Invoice extends Wish {
  readonly name: string;
  readonly atMs: number;
  docstatus: 0 | 1;
}

const PATH = "/api/resource/Sales%20Invoice";
const rules = zodRules([
  {
    operation: "list",
    method: "GET",
    path: PATH,
    query: z.strictObject({ filters: z.string(), fields: z.string(), order_by: z.string(), limit_page_length: z.string() }),
  },
  { operation: "insert", method: "POST", path: PATH, body: invoiceSchema },
  { operation: "update", method: "PUT", path: `${PATH}/{name}`, body: z.strictObject({ docstatus: z.literal(1) }) },
  { operation: "delete", method: "DELETE", path: `${PATH}/{name}` },
]);

const refuse = (status: number, type: string, message: string): FakeAnswer => ({
  status,
  body: { exc_type: type, exception: `frappe.exceptions.${type}: ${message}` },
});
const cents = (value: number): number => Math.round(value * 100);
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const totalOf = ({ items }: Wish): number => sum(items.map(({ qty, rate }) => qty * cents(rate)));

/** A small ERPNext: invoices that are drafts until they are submitted, any number under one reference. */
export function fakeErpnext(clock: VirtualClock, { blind }: FakeOptions): { vendor: FakeVendor; memory: VendorMemory } {
  let invoices: Invoice[] = [];
  let made = 0;
  const shown = ({ name, docstatus, currency, ...wish }: Invoice) => ({
    name,
    docstatus,
    currency,
    grand_total: totalOf({ currency, ...wish }) / 100,
    [FIELD]: wish[FIELD],
  });
  const insert = (wish: Wish): FakeAnswer => {
    const isBack = wish.is_return === 1;
    if (wish.items.some(({ qty }) => qty === 0 || qty < 0 !== isBack))
      return refuse(417, "ValidationError", "quantity must be positive number");
    if (wish.return_against !== undefined && !covers(wish.return_against, wish))
      return refuse(417, "StockOverReturnError", "Cannot return more than sold");
    made += 1;
    const invoice: Invoice = { ...wish, name: `ACC-SINV-2026-${String(made).padStart(5, "0")}`, docstatus: 0, atMs: clock.nowMs() };
    invoices.push(invoice);
    return { status: 200, body: { data: shown(invoice) } };
  };
  /** Whether an invoice has as much of every item as all its returns bring back. */
  const covers = (against: string, wish: Wish): boolean => {
    const sold = invoices.find(({ name, docstatus, is_return: isReturn }) => name === against && docstatus === 1 && isReturn === 0);
    const back = [wish, ...invoices.filter((one) => one.return_against === against && one.docstatus === 1)];
    const quantity = (all: readonly Wish[], code: string): number =>
      sum(all.flatMap(({ items }) => items.filter((one) => one.item_code === code).map(({ qty }) => qty)));
    return sold !== undefined && wish.items.every(({ item_code: code }) => quantity([sold], code) + quantity(back, code) >= 0);
  };
  const list = (query: URLSearchParams): FakeAnswer => {
    const filters = JSON.parse(query.get("filters") ?? "[]") as [string, string, unknown][];
    const all = invoices.filter((one) => filters.every(([field, , value]) => one[field as keyof Invoice] === value));
    // A blind one shows what the same attempt has written, and forgets it.
    const found = blind ? all.filter(({ atMs }) => atMs === clock.nowMs()) : all;
    return { status: 200, body: { data: found.map(shown) } };
  };
  const withInvoice = ({ params }: FakeCall, act: (invoice: Invoice) => FakeAnswer): FakeAnswer => {
    const invoice = invoices.find(({ name }) => name === params["name"]);
    return invoice === undefined ? refuse(404, "DoesNotExistError", "not found") : act(invoice);
  };
  const handlers: Readonly<Record<string, (call: FakeCall) => FakeAnswer>> = {
    list: ({ query }) => list(query),
    insert: ({ body }) => insert(body as Wish),
    update: (call) =>
      withInvoice(call, (invoice) => {
        if (invoice.docstatus === 1) return refuse(417, "UpdateAfterSubmitError", "Not allowed to change after submission");
        if (sum(invoice.payments.map(({ amount }) => cents(amount))) !== totalOf(invoice))
          return refuse(417, "ValidationError", "not paid in full");
        invoice.docstatus = 1;
        return { status: 200, body: { data: shown(invoice) } };
      }),
    delete: (call) =>
      withInvoice(call, (invoice) => {
        if (invoice.docstatus === 1) return refuse(417, "ValidationError", "Submitted Record cannot be deleted.");
        invoices = invoices.filter((one) => one !== invoice);
        return { status: 202, body: { message: "ok" } };
      }),
  };
  const vendor: FakeVendor = {
    rules,
    answer: (call) =>
      call.headers["authorization"] === `token ${SECRET}`
        ? (handlers[call.operation]?.(call) ?? refuse(404, "DoesNotExistError", ""))
        : refuse(401, "AuthenticationError", ""),
    // A draft that arrives twice has no effect, and the rest is refused.
    repeatable: () => true,
    reads: ({ operation }) => operation === "list",
  };
  return { vendor, memory: { documents: () => remembered(invoices), points: () => ({}) } };
}

/** Submitted invoices and returns by reference; one of each is the two sides of a receipt, more are doubles. */
function remembered(invoices: readonly Invoice[]): BookedDocument[] {
  const submitted = invoices.filter(({ docstatus }) => docstatus === 1);
  return [...Map.groupBy(submitted, (one) => one[FIELD])].flatMap(([reference, all]) => {
    const times = Math.max(...[...Map.groupBy(all, (one) => one.is_return).values()].map(({ length }) => length));
    const total = String(sum(all.map(totalOf))) as Amount;
    return Array.from({ length: times }, () => ({ reference, total, currency: all[0]?.currency ?? "" }));
  });
}

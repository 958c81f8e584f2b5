import { parseAmount } from "@tillsync/sync-protocol";
import { z } from "zod";
import type { BooksPort, Standing } from "../books/bring-books.ts";
import type { BooksDocument } from "../books/plan-books.ts";
import type { SendContext } from "../connector.ts";
import type { Outcome } from "../outcome.ts";
import { callErpnext, type ErpnextLine } from "./line.ts";
import { invoiceOf } from "./map.ts";

const PATH = "/api/resource/Sales%20Invoice";
/** More than one reference ever has. */
const FOUND_MAX = 20;
const SUBMITTED = 1;
const CANCELLED = 2;

const rowSchema = z.looseObject({
  name: z.string().min(1),
  docstatus: z.union([z.literal(0), z.literal(1), z.literal(2)]),
  grand_total: z.number(),
  currency: z.string(),
});

/** POS invoices of ERPNext, and returns of them. */
export const openInvoices = (line: ErpnextLine, context: SendContext): BooksPort<BooksDocument> => ({
  find: (document) => findInvoices(line, document),
  make: async (document) => {
    const against = line.config.linkReturns && document.sale !== undefined ? await context.vendorIdOf(document.sale) : undefined;
    const body = invoiceOf(document, line.config, against);
    const made = await callErpnext(
      line,
      { method: "POST", path: PATH, body },
      z.object({ data: z.looseObject({ name: z.string().min(1) }) }),
    );
    return made.kind === "ok" ? { kind: "ok", value: made.value.data.name } : made;
  },
  post: async (_document, id) => {
    const request = { method: "PUT" as const, path: `${PATH}/${encodeURIComponent(id)}`, body: { docstatus: SUBMITTED } };
    const posted = await callErpnext(
      line,
      request,
      z.object({ data: z.looseObject({ name: z.literal(id), docstatus: z.literal(SUBMITTED) }) }),
    );
    return posted.kind === "ok" ? { kind: "ok", value: null } : posted;
  },
  remove: async (_document, id) => {
    const said = z.union([z.object({ message: z.literal("ok") }), z.object({ data: z.literal("ok") })]);
    const removed = await callErpnext(line, { method: "DELETE", path: `${PATH}/${encodeURIComponent(id)}` }, said);
    return removed.kind === "ok" ? { kind: "ok", value: null } : removed;
  },
});

async function findInvoices(line: ErpnextLine, document: BooksDocument): Promise<Outcome<readonly Standing[]>> {
  const { referenceField } = line.config;
  const query = {
    filters: JSON.stringify([
      [referenceField, "=", document.reference],
      ["is_return", "=", document.kind === "credit" ? 1 : 0],
    ]),
    fields: JSON.stringify(["name", "docstatus", "grand_total", "currency", referenceField]),
    order_by: "creation asc",
    limit_page_length: String(FOUND_MAX),
  };
  const found = await callErpnext(line, { method: "GET", path: PATH, query }, z.object({ data: z.array(rowSchema) }));
  if (found.kind !== "ok") return found;
  if (found.value.data.some((row) => row[referenceField] !== document.reference))
    return { kind: "uncertain", detail: "the look-up answers with other invoices" };
  return {
    kind: "ok",
    value: found.value.data
      .filter(({ docstatus }) => docstatus !== CANCELLED)
      .map(({ name, docstatus, grand_total: total, currency }) => {
        const parsed = parseAmount(String(Math.abs(total)), document.exponent);
        return {
          id: name,
          state: docstatus === SUBMITTED ? "posted" : "open",
          total: parsed.ok ? BigInt(parsed.amount) : undefined,
          currency,
        };
      }),
  };
}

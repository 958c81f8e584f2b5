import { parseAmount } from "@tillsync/sync-protocol";
import { z } from "zod";
import type { BooksPort, Standing } from "../books/bring-books.ts";
import type { BooksDocument } from "../books/plan-books.ts";
import type { Outcome } from "../outcome.ts";
import { quoted } from "./items.ts";
import { callBusinessCentral, type BusinessCentralLine } from "./line.ts";
import { collectionOf, documentOf, numberOf } from "./map.ts";

/** More than one reference ever has. */
const FOUND_MAX = 20;

const documentSchema = z.object({
  id: z.uuid(),
  externalDocumentNumber: z.string(),
  status: z.string().min(1),
  totalAmountIncludingTax: z.number(),
  currencyCode: z.string().min(1),
});

const nothing = z.undefined().transform(() => true as const);

/** Sales invoices and credit memos of Business Central. */
export const openDocuments = (line: BusinessCentralLine): BooksPort<BooksDocument> => ({
  find: (document) => findDocuments(line, document),
  make: async (document) => {
    const request = { method: "POST" as const, path: `/${collectionOf(document)}`, body: documentOf(document, line.items) };
    const made = await callBusinessCentral(line, request, z.object({ id: z.uuid() }));
    return made.kind === "ok" ? { kind: "ok", value: made.value.id } : made;
  },
  post: async (document, id) => {
    const request = { method: "POST" as const, path: `/${collectionOf(document)}(${id})/Microsoft.NAV.post` };
    const posted = await callBusinessCentral(line, request, nothing);
    return posted.kind === "ok" ? { kind: "ok", value: null } : posted;
  },
  remove: async (document, id) => {
    const removed = await callBusinessCentral(line, { method: "DELETE", path: `/${collectionOf(document)}(${id})` }, nothing);
    return removed.kind === "ok" ? { kind: "ok", value: null } : removed;
  },
});

async function findDocuments(line: BusinessCentralLine, document: BooksDocument): Promise<Outcome<readonly Standing[]>> {
  const number = numberOf(document.reference);
  const query = { $filter: `externalDocumentNumber eq ${quoted(number)}`, $top: String(FOUND_MAX) };
  const request = { method: "GET" as const, path: `/${collectionOf(document)}`, query };
  const found = await callBusinessCentral(line, request, z.object({ value: z.array(documentSchema) }));
  if (found.kind !== "ok") return found;
  if (found.value.value.some((one) => one.externalDocumentNumber.toUpperCase() !== number))
    return { kind: "uncertain", detail: "the look-up answers with other documents" };
  return {
    kind: "ok",
    value: found.value.value.map(({ id, status, totalAmountIncludingTax: total, currencyCode }) => {
      const parsed = parseAmount(String(total), document.exponent);
      // What was cancelled or corrected there was posted once, and someone decided about it.
      return {
        id,
        state: status === "Draft" ? "open" : "posted",
        total: parsed.ok ? BigInt(parsed.amount) : undefined,
        currency: currencyCode,
      };
    }),
  };
}

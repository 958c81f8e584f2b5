import { parseAmount } from "@tillsync/sync-protocol";
import { z } from "zod";
import type { BooksPort, Standing } from "../books/bring-books.ts";
import type { EntryDocument } from "../books/plan-entries.ts";
import type { Outcome } from "../outcome.ts";
import { callNetSuite, tellProblem, type NetSuiteLine } from "./line.ts";
import { entryOf, entryPath } from "./map.ts";

const entrySchema = z.object({
  id: z.string().min(1),
  externalId: z.string(),
  currency: z.object({ id: z.string() }),
  line: z.object({ items: z.array(z.object({ debit: z.number().optional() })) }),
});

/** Journal entries of NetSuite. They have no draft: what is written counts, and is read back. */
export const openEntries = (line: NetSuiteLine): BooksPort<EntryDocument> => ({
  find: (document) => findEntry(line, document),
  make: async (document) => {
    const written = await callNetSuite(line, {
      method: "PUT",
      path: entryPath(document),
      query: { replace: "line" },
      body: entryOf(document, line.config),
    });
    if (written.kind !== "answer") return written;
    const { status, json } = written.answer;
    if (status !== 204) return status < 300 ? unproven("PUT") : refused(status, json);
    const found = await findEntry(line, document);
    if (found.kind !== "ok") return found;
    const [own] = found.value;
    return own === undefined ? { kind: "uncertain", detail: "the entry does not show" } : { kind: "ok", value: own.id };
  },
  // It counts since it was written.
  post: () => Promise.resolve({ kind: "ok", value: null }),
  remove: async (document) => {
    const removed = await callNetSuite(line, { method: "DELETE", path: entryPath(document) });
    if (removed.kind !== "answer") return removed;
    const { status, json } = removed.answer;
    if (status === 204 || status === 404) return { kind: "ok", value: null };
    return status < 300 ? unproven("DELETE") : refused(status, json);
  },
});

async function findEntry(line: NetSuiteLine, document: EntryDocument): Promise<Outcome<readonly Standing[]>> {
  const asked = await callNetSuite(line, { method: "GET", path: entryPath(document), query: { expandSubResources: "true" } });
  if (asked.kind !== "answer") return asked;
  const { status, json } = asked.answer;
  // An absent record is told by a problem of NetSuite's own; any other 404 is a wrong address.
  if (status === 404) return isAbsent(json) ? { kind: "ok", value: [] } : { kind: "set-up", detail: tellProblem(status, json) };
  if (status !== 200) return status < 300 ? unproven("GET") : refused(status, json);
  const entry = entrySchema.safeParse(json).data;
  if (entry === undefined) return unproven("GET");
  if (entry.externalId !== document.reference) return { kind: "uncertain", detail: "the look-up answers with another entry" };
  return { kind: "ok", value: [{ id: entry.id, state: "posted", total: debitsOf(entry, document), currency: currencyOf(line, entry) }] };
}

/** Undefined: a debit has more digits than the currency. */
function debitsOf(entry: z.infer<typeof entrySchema>, { exponent }: EntryDocument): bigint | undefined {
  let total = 0n;
  for (const { debit } of entry.line.items) {
    const parsed = parseAmount(String(debit ?? 0), exponent);
    if (!parsed.ok) return undefined;
    total += BigInt(parsed.amount);
  }
  return total;
}

/** The ISO code that the configuration gives to NetSuite's id; the id itself where it knows none. */
const currencyOf = ({ config }: NetSuiteLine, { currency }: z.infer<typeof entrySchema>): string =>
  Object.entries(config.currencies).find(([, id]) => id === currency.id)?.[0] ?? `currency ${currency.id}`;

const isAbsent = (json: unknown): boolean =>
  z.object({ "o:errorDetails": z.array(z.object({ "o:errorCode": z.literal("NONEXISTENT_ID") })).min(1) }).safeParse(json).success;

const unproven = (method: string): { kind: "uncertain"; detail: string } => ({
  kind: "uncertain",
  detail: `${method}: an answer of another shape`,
});

/** What NetSuite says of the data is the data's fault; a record that somebody else holds just now is theirs. */
const refused = (status: number, json: unknown): { kind: "rejected" | "theirs"; detail: string } => {
  const detail = tellProblem(status, json);
  return { kind: status === 409 || /RCRD_HAS_BEEN_CHANGED|RECORD_LOCKED|CONCURREN/.test(detail) ? "theirs" : "rejected", detail };
};

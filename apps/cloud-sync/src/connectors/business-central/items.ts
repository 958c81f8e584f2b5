import { z } from "zod";
import type { MissingCode } from "../connector.ts";
import type { Outcome } from "../outcome.ts";
import { callBusinessCentral, type BusinessCentralLine } from "./line.ts";

const NUMBERS_PER_REQUEST = 20;
/** Numbers that are remembered; an item keeps its id for ever. */
const KNOWN_MAX = 20_000;
const foundSchema = z.object({ value: z.array(z.object({ id: z.uuid(), number: z.string() })) });

/** Makes the ids of all items known, or says which numbers Business Central does not have. */
export async function learnItems(
  line: BusinessCentralLine,
  numbers: readonly string[],
): Promise<Outcome<null> | { readonly kind: "mapping-missing"; readonly missing: readonly MissingCode[] }> {
  const unknown = [...new Set(numbers)].filter((number) => !line.items.has(number));
  if (line.items.size > KNOWN_MAX) line.items.clear();
  for (let at = 0; at < unknown.length; at += NUMBERS_PER_REQUEST) {
    const some = unknown.slice(at, at + NUMBERS_PER_REQUEST);
    const query = { $filter: some.map((number) => `number eq ${quoted(number)}`).join(" or ") };
    const found = await callBusinessCentral(line, { method: "GET", path: "/items", query }, foundSchema);
    if (found.kind !== "ok") return found;
    for (const { id, number } of found.value.value) {
      // Numbers are kept in upper case.
      const own = some.filter((one) => one.toUpperCase() === number.toUpperCase());
      if (own.length === 0) return { kind: "uncertain", detail: "the look-up answers with other items" };
      for (const one of own) line.items.set(one, id);
    }
  }
  const missing = unknown.filter((number) => !line.items.has(number)).map((code) => ({ table: "items", code }));
  return missing.length === 0 ? { kind: "ok", value: null } : { kind: "mapping-missing", missing };
}

/** A text in an OData filter. */
export const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

import { parseAmount } from "@tillsync/sync-protocol";
import { z } from "zod";
import type { BooksPort, Standing } from "../books/bring-books.ts";
import type { EntryDocument } from "../books/plan-entries.ts";
import type { Outcome } from "../outcome.ts";
import { callOdoo, type OdooLine } from "./line.ts";
import { moveOf } from "./map.ts";

/** More than one reference ever has. */
const FOUND_MAX = 20;

const moveSchema = z.object({
  id: z.number().int().positive(),
  ref: z.union([z.string(), z.literal(false)]),
  state: z.enum(["draft", "posted", "cancel"]),
  amount_total: z.number(),
  // Odoo tells a record that it refers to as its id and its name.
  currency_id: z.tuple([z.number(), z.string()]),
});

/** Journal entries of Odoo. */
export const openMoves = (line: OdooLine): BooksPort<EntryDocument> => ({
  find: (document) => findMoves(line, document),
  make: async (document) => {
    const currency = await currencyId(line, document.currency);
    if (currency.kind !== "ok") return currency;
    const made = await callOdoo(
      line,
      "account.move/create",
      { vals_list: [moveOf(document, currency.value)] },
      z.tuple([z.number().int()]),
    );
    return made.kind === "ok" ? { kind: "ok", value: String(made.value[0]) } : made;
  },
  post: async (_document, id) => {
    const nothing = z.union([z.boolean(), z.null(), z.record(z.string(), z.unknown())]);
    const posted = await callOdoo(line, "account.move/action_post", { ids: [Number(id)] }, nothing);
    return posted.kind === "ok" ? { kind: "ok", value: null } : posted;
  },
  remove: async (_document, id) => {
    const removed = await callOdoo(line, "account.move/unlink", { ids: [Number(id)] }, z.literal(true));
    return removed.kind === "ok" ? { kind: "ok", value: null } : removed;
  },
});

async function findMoves(line: OdooLine, document: EntryDocument): Promise<Outcome<readonly Standing[]>> {
  const body = {
    domain: [
      ["ref", "=", document.reference],
      ["move_type", "=", "entry"],
      ["state", "!=", "cancel"],
    ],
    fields: ["id", "ref", "state", "amount_total", "currency_id"],
    order: "id",
    limit: FOUND_MAX,
  };
  const found = await callOdoo(line, "account.move/search_read", body, z.array(moveSchema));
  if (found.kind !== "ok") return found;
  if (found.value.some(({ ref }) => ref !== document.reference))
    return { kind: "uncertain", detail: "the look-up answers with other entries" };
  return {
    kind: "ok",
    value: found.value.map(({ id, state, amount_total: total, currency_id: [, currency] }) => {
      const parsed = parseAmount(String(total), document.exponent);
      return {
        id: String(id),
        state: state === "posted" ? "posted" : "open",
        total: parsed.ok ? BigInt(parsed.amount) : undefined,
        currency,
      };
    }),
  };
}

/** Odoo's id of a currency. */
async function currencyId(line: OdooLine, code: string): Promise<Outcome<number>> {
  const body = { domain: [["name", "=", code]], fields: ["id", "name"], limit: 1 };
  const found = await callOdoo(line, "res.currency/search_read", body, z.array(z.object({ id: z.number().int(), name: z.string() })));
  if (found.kind !== "ok") return found;
  const [first] = found.value;
  if (first === undefined) return { kind: "rejected", detail: `Odoo has no active currency ${code}` };
  return first.name === code ? { kind: "ok", value: first.id } : { kind: "uncertain", detail: "the look-up answers with another currency" };
}

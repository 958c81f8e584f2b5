import type { HandOverOrder, Price, StoreId } from "@tillsync/sync-protocol";
import type { Queryable } from "../../db/database.ts";
import { sql } from "../../db/sql.ts";
import type { CheckedRow } from "./check-row.ts";
import { storeOf } from "./check-scopes.ts";
import type { Refusal } from "./report.ts";

/** Currencies by store, from the collection `stores`; its ids are the stores'. */
export async function storeCurrencies(tx: Queryable): Promise<ReadonlyMap<string, string>> {
  const rows = await tx.query<{ id: string; body: string }>(sql`
    SELECT id, body::text AS body FROM reference_document WHERE collection = 'stores' AND body IS NOT NULL`);
  return new Map(rows.map((row) => [row.id, (JSON.parse(row.body) as { currency: string }).currency]));
}

/**
 * A price or an order in money that its store does not take. For everyone: in money that no store takes. A store of which
 * nothing is known cannot be asked.
 */
export function wrongCurrency(
  { change }: CheckedRow,
  currencies: ReadonlyMap<string, string>,
  terminals: ReadonlyMap<string, StoreId>,
): Refusal | undefined {
  const { collection, fields, scope } = change;
  if (collection !== "prices" && collection !== "orders") return undefined;
  const { currency } = fields as Price | HandOverOrder;
  const store = collection === "orders" ? (fields as HandOverOrder).storeId : storeOf(scope, terminals);
  const expected = store === undefined ? undefined : currencies.get(store);
  if (expected !== undefined && expected !== currency)
    return { code: "reference.currency-wrong", detail: `currency: ${currency}, the store has ${expected}` };
  if (scope === "all" && currencies.size > 0 && ![...currencies.values()].includes(currency))
    return { code: "reference.currency-wrong", detail: `currency: ${currency}, which no store has` };
  return undefined;
}

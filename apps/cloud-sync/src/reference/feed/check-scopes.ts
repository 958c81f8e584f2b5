import {
  storeIdSchema,
  type Collection,
  type DocumentId,
  type HandOverOrder,
  type Scope,
  type StockLevel,
  type StoreId,
} from "@tillsync/sync-protocol";
import type { Queryable } from "../../db/database.ts";
import { sql } from "../../db/sql.ts";
import type { CheckedRow } from "./check-row.ts";
import type { Refusal } from "./report.ts";

/** Terminals of the scopes named, with their stores. */
export async function storesOfTerminals(tx: Queryable, scopes: Iterable<Scope>): Promise<ReadonlyMap<string, StoreId>> {
  const terminals = [...new Set(scopes)].flatMap((scope) => (scope.startsWith("terminal:") ? [scope.slice("terminal:".length)] : []));
  if (terminals.length === 0) return new Map();
  const rows = await tx.query<{ terminal_id: string; store_id: StoreId }>(sql`
    SELECT terminal_id, store_id FROM terminal WHERE terminal_id = ANY(${terminals}::text[])`);
  return new Map(rows.map((row) => [row.terminal_id, row.store_id]));
}

/** The store of a scope; undefined: it is everyone's, or a terminal's that nobody knows. */
export const storeOf = (scope: Scope, terminals: ReadonlyMap<string, StoreId>): StoreId | undefined =>
  scope.startsWith("store:") ? (scope.slice("store:".length) as StoreId) : terminals.get(scope.slice("terminal:".length));

/** Where documents live now. They are locked. */
export async function livingPlaces(
  tx: Queryable,
  collection: Collection,
  ids: readonly DocumentId[],
): Promise<ReadonlyMap<DocumentId, Scope>> {
  const found = await tx.query<{ id: DocumentId; scope: Scope }>(sql`
    SELECT id, scope FROM reference_document WHERE collection = ${collection} AND id = ANY(${ids}::text[]) AND body IS NOT NULL`);
  return new Map(found.map((row) => [row.id, row.scope]));
}

/**
 * Whether a row's document may be written to where it is meant to live, given where it lives now: nobody takes a document
 * out of a scope that is not theirs, and nobody at all does so by accident.
 */
export function wrongWithScope(
  row: CheckedRow,
  known: {
    readonly living: ReadonlyMap<DocumentId, Scope>;
    readonly terminals: ReadonlyMap<string, StoreId>;
    readonly store: StoreId | undefined;
    readonly move: boolean;
  },
): Refusal | undefined {
  const { id, scope } = row.change;
  const other = otherStore(row, storeOf(scope, known.terminals));
  if (other !== undefined) return { code: "reference.invalid", detail: other };
  const foreign = (one: Scope): boolean => known.store !== undefined && storeOf(one, known.terminals) !== known.store;
  if (foreign(scope)) return { code: "reference.scope-forbidden", detail: "scope: not of the client's store" };
  const now = known.living.get(id);
  if (now === undefined || now === scope) return undefined;
  if (foreign(now)) return { code: "reference.scope-forbidden", detail: "the document lives outside of the client's store" };
  return known.move ? undefined : { code: "reference.elsewhere", detail: `it lives in ${now}` };
}

/** An order or a level of one store in the scope of another would be shown to the wrong people. */
function otherStore({ change: { collection, id, fields } }: CheckedRow, store: StoreId | undefined): string | undefined {
  if (collection === "stores") return storeIdSchema.safeParse(id).success ? undefined : "id: not a store's id";
  if (store === undefined || (collection !== "orders" && collection !== "stock")) return undefined;
  return (fields as HandOverOrder | StockLevel).storeId === store ? undefined : "storeId: not the store of the scope";
}

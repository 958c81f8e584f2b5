import { readTransaction, UPCASTERS, type Transaction } from "@tillsync/sync-protocol";
import type { EarlierReceipt } from "../connectors/connector.ts";
import type { Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import type { LoadedItem } from "./load-items.ts";

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** The latest edit of each receipt named, as it goes to one destination. Most have none. */
export async function editsFor(db: Queryable, key: string, identities: readonly string[]): Promise<Map<string, Transaction>> {
  if (identities.length === 0) return new Map();
  const rows = await db.query<{ identity: string; transaction: string }>(sql`
    SELECT DISTINCT ON (identity) identity, transaction FROM delivery_edit
    WHERE destination = ${key} AND identity = ANY(${identities}::text[]) ORDER BY identity, id DESC`);
  return new Map(rows.map((row) => [row.identity, readTransaction(JSON.parse(row.transaction), UPCASTERS)]));
}

/**
 * The items as one destination gets them: where a person has edited a receipt for it, the edited one, also where it is
 * taken back. Items are shared among destinations: an edited one is another object, the given ones stay as they are.
 */
export async function withEdits(db: Queryable, key: string, items: readonly LoadedItem[]): Promise<readonly LoadedItem[]> {
  const edits = await editsFor(db, key, [...new Set(items.flatMap(identitiesIn))]);
  if (edits.size === 0) return items;
  return items.map((item) => (identitiesIn(item).some((identity) => edits.has(identity)) ? edited(item, edits) : item));
}

/** `withEdits` for items that have just come from the log: nobody can have edited them yet, only what they take back. */
export function withEarlierEdits(
  db: Queryable,
  key: string,
  items: readonly LoadedItem[],
): readonly LoadedItem[] | Promise<readonly LoadedItem[]> {
  return items.some(({ previous, voided }) => previous !== undefined || voided !== undefined) ? withEdits(db, key, items) : items;
}

const identitiesIn = ({ identity, previous, voided }: LoadedItem): string[] =>
  [identity, previous?.identity, voided?.identity].filter((one) => one !== undefined);

function edited(item: LoadedItem, edits: ReadonlyMap<string, Transaction>): LoadedItem {
  const own = edits.get(item.identity);
  // Properties are copied as they are: one that reads a line must not be read here.
  return Object.create(Object.prototype, {
    ...Object.getOwnPropertyDescriptors(item),
    ...(own === undefined ? {} : { transaction: valueOf(own), line: valueOf(lineWith(item.line, own)) }),
    previous: valueOf(editedEarlier(item.previous, edits)),
    voided: valueOf(editedEarlier(item.voided, edits)),
  }) as LoadedItem;
}

const valueOf = (value: unknown): PropertyDescriptor => ({ value, enumerable: true });

function editedEarlier(earlier: EarlierReceipt | undefined, edits: ReadonlyMap<string, Transaction>): EarlierReceipt | undefined {
  const transaction = earlier && edits.get(earlier.identity);
  return transaction === undefined || earlier === undefined
    ? earlier
    : { identity: earlier.identity, naturalKey: earlier.naturalKey, transaction };
}

/** The entry's line with the edited receipt in it, for a connector that takes the line along. It is not what was hashed. */
function lineWith(line: Uint8Array, transaction: Transaction): Uint8Array {
  const entry = JSON.parse(decoder.decode(line)) as { body: object };
  return encoder.encode(JSON.stringify({ ...entry, body: { ...entry.body, transaction } }));
}

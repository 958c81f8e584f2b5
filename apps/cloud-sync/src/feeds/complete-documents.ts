import {
  encodeHlc,
  readDocument,
  rewriteOrder,
  storeScope,
  type HandOverOrder,
  type ReferenceDocument,
  type StockLevel,
  type StoreId,
  type WireDocument,
} from "@tillsync/sync-protocol";
import type { Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import { lockDocuments } from "../reference/lock-documents.ts";
import type { Included } from "./included-movements.ts";
import type { JudgedDocument } from "./judge-page.ts";
import { originKey, type Origin } from "./origins.ts";

/** What a page's documents are completed with. */
export interface PageBasis {
  /** What each store's level has of its terminals' journals, as of before the page was asked for. */
  readonly included: ReadonlyMap<StoreId, Included>;
  /** The page lists what there is, not what moved. */
  readonly isFull: boolean;
  readonly nowMs: number;
}

/**
 * Joins orders with what shops did with them meanwhile, so that no state turns back, and levels with the movements that are
 * in them. These documents stay locked to the end of the transaction; others are what the system says.
 */
export async function completeDocuments(
  tx: Queryable,
  documents: readonly JudgedDocument[],
  gone: readonly Origin[],
  basis: PageBasis,
): Promise<ReadonlyMap<JudgedDocument, JudgedDocument>> {
  const joined = documents.filter(isJoined);
  if (joined.length === 0) return new Map();
  await lockDocuments(tx, [...joined, ...gone.filter(isJoined)]);
  const here = await readHere(tx, joined);
  return new Map(
    joined.map((document) => {
      const before = here.get(originKey(document));
      return [document, document.collection === "orders" ? joinOrder(document, before, basis) : joinLevel(document, before, basis)];
    }),
  );
}

const isJoined = ({ collection }: { readonly collection: string }): boolean => collection === "orders" || collection === "stock";

async function readHere(tx: Queryable, documents: readonly JudgedDocument[]): Promise<ReadonlyMap<string, ReferenceDocument>> {
  const wanted = documents.map(({ collection, id }) => ({ collection, id }));
  const rows = await tx.query<{ collection: "orders" | "stock"; id: string; version: number; schema_version: number; body: string }>(sql`
    SELECT d.collection, d.id, d.version, d.schema_version, d.body::text AS body
    FROM json_to_recordset(${JSON.stringify(wanted)}::json) AS w (collection text, id text)
    JOIN reference_document d ON d.collection = w.collection AND d.id = w.id WHERE d.body IS NOT NULL`);
  return new Map(
    rows.map((row) => {
      const fields = JSON.parse(row.body) as Record<string, unknown>;
      const wire = { ...fields, schemaVersion: row.schema_version, version: row.version, _deleted: false } as WireDocument;
      return [originKey(row), readDocument(row.collection, wire)];
    }),
  );
}

function joinOrder(document: JudgedDocument, before: ReferenceDocument | undefined, { nowMs }: PageBasis): JudgedDocument {
  const written = document.checked as HandOverOrder;
  const hlc = encodeHlc({ ms: nowMs, counter: 0 });
  const order = before === undefined ? { ...written, revisedAt: hlc } : rewriteOrder(before as HandOverOrder, written, hlc);
  return { ...document, scope: storeScope(order.storeId), checked: order };
}

/**
 * A level that is told because of a movement says what it includes as of now. One that is only listed again, and is the same,
 * stays as it is: else every list of all goods would be news to every terminal.
 */
function joinLevel(document: JudgedDocument, before: ReferenceDocument | undefined, { included, isFull }: PageBasis): JudgedDocument {
  const level = document.checked as StockLevel;
  const earlier = before as StockLevel | undefined;
  if (isFull && earlier?.onHand === level.onHand && earlier.uom === level.uom) return { ...document, checked: earlier };
  return { ...document, checked: { ...level, included: included.get(level.storeId) ?? {} } };
}

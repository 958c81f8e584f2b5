import type { Collection, DocumentId, Scope } from "@tillsync/sync-protocol";
import type { Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";

/** A document and the record that it comes from. */
export interface Origin {
  readonly collection: Collection;
  readonly id: DocumentId;
  readonly scope: Scope;
  readonly feed: string;
  readonly part: string;
  readonly key: string;
  /** What the record said of a level, as `markText` writes it; none: what was noted before stands. */
  readonly mark?: string | null | undefined;
}

export const originKey = ({ collection, id }: { readonly collection: string; readonly id: string }): string => `${collection}\n${id}`;

const COLUMNS = sql`o.collection, o.id, o.scope, o.feed, o.part, o.key, o.mark`;

/** Everything that these records brought before. */
export const originsOf = (tx: Queryable, feed: string, part: string, keys: readonly string[]): Promise<Origin[]> =>
  tx.query<Origin>(sql`
    SELECT ${COLUMNS} FROM feed_document o WHERE o.feed = ${feed} AND o.part = ${part} AND o.key = ANY(${keys}::text[])`);

/** Whoever brought these documents, this feed or another. */
export const originsAt = (tx: Queryable, documents: readonly { collection: string; id: string }[]): Promise<Origin[]> =>
  tx.query<Origin>(sql`
    SELECT ${COLUMNS} FROM json_to_recordset(${JSON.stringify(documents.map(({ collection, id }) => ({ collection, id })))}::json)
      AS w (collection text, id text)
    JOIN feed_document o ON o.collection = w.collection AND o.id = w.id`);

/** Notes where documents come from, and that this round saw the records: also those that could not be taken. */
export async function noteOrigins(
  tx: Queryable,
  of: { feed: string; part: string; round: number },
  origins: readonly Origin[],
  seenKeys: readonly string[],
): Promise<void> {
  const rows = origins.map(({ collection, id, scope, key, mark }) => ({ c: collection, i: id, s: scope, k: key, m: mark ?? null }));
  await tx.query(sql`
    UPDATE feed_document SET round = ${of.round}::bigint
    WHERE feed = ${of.feed} AND part = ${of.part} AND key = ANY(${seenKeys}::text[]) AND round < ${of.round}::bigint`);
  await tx.query(sql`
    INSERT INTO feed_document (collection, id, scope, feed, part, key, mark, round)
    SELECT c, i, s, ${of.feed}, ${of.part}, k, m, ${of.round}::bigint FROM json_to_recordset(${JSON.stringify(rows)}::json)
      AS r (c text, i text, s text, k text, m text)
    ORDER BY c COLLATE "C", i COLLATE "C"
    ON CONFLICT (collection, id) DO UPDATE SET scope = EXCLUDED.scope, feed = EXCLUDED.feed, part = EXCLUDED.part, key = EXCLUDED.key,
      mark = coalesce(EXCLUDED.mark, feed_document.mark), round = EXCLUDED.round
    WHERE (feed_document.scope, feed_document.key, feed_document.mark, feed_document.round)
      IS DISTINCT FROM (EXCLUDED.scope, EXCLUDED.key, coalesce(EXCLUDED.mark, feed_document.mark), EXCLUDED.round)`);
}

export async function forgetOrigins(tx: Queryable, origins: readonly Origin[]): Promise<void> {
  if (origins.length === 0) return;
  const rows = origins.map(({ collection, id }) => ({ collection, id }));
  await tx.query(sql`
    DELETE FROM feed_document o USING json_to_recordset(${JSON.stringify(rows)}::json) AS w (collection text, id text)
    WHERE o.collection = w.collection AND o.id = w.id`);
}

export async function countOrigins(tx: Queryable, feed: string, part: string): Promise<number> {
  const [row] = await tx.query<{ count: number }>(sql`
    SELECT count(*) AS count FROM feed_document WHERE feed = ${feed} AND part = ${part}`);
  return row?.count ?? 0;
}

/** Documents that a full round has not seen. */
export async function countUnseen(tx: Queryable, feed: string, part: string, round: number): Promise<number> {
  const [row] = await tx.query<{ count: number }>(sql`
    SELECT count(*) AS count FROM feed_document WHERE feed = ${feed} AND part = ${part} AND round < ${round}::bigint`);
  return row?.count ?? 0;
}

export const unseenOrigins = (tx: Queryable, feed: string, part: string, round: number, limit: number): Promise<Origin[]> =>
  tx.query<Origin>(sql`
    SELECT ${COLUMNS} FROM feed_document o WHERE o.feed = ${feed} AND o.part = ${part} AND o.round < ${round}::bigint
    ORDER BY o.collection, o.id LIMIT ${limit}`);

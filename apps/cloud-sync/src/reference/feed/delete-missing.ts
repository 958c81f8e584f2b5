import { TillsyncError, type Collection, type DocumentId, type Scope } from "@tillsync/sync-protocol";
import type { Queryable } from "../../db/database.ts";
import { sql } from "../../db/sql.ts";
import { announceHeads } from "../announce-heads.ts";
import { lockDocuments } from "../lock-documents.ts";
import { writeAndCount } from "../write-documents.ts";
import type { Feed, FeedDeps } from "./feed.ts";
import { BATCH_ROWS_MAX } from "./limits.ts";
import type { FeedReport } from "./report.ts";
import type { SeenRows } from "./seen-rows.ts";

/** What a scope had when a replacing feed began: documents that changed since are somebody's newer word. */
export interface ScopeStart {
  readonly collection: Collection;
  readonly scope: Scope;
  readonly head: number;
  readonly living: number;
}

export async function noteStart(db: Queryable, collection: Collection, scope: Scope): Promise<ScopeStart> {
  const rows = await db.query<{ head: number; living: number }>(sql`
    SELECT head, documents AS living FROM reference_scope WHERE collection = ${collection} AND scope = ${scope}`);
  return { collection, scope, head: rows[0]?.head ?? 0, living: rows[0]?.living ?? 0 };
}

/**
 * Deletes what a feed that is a whole scope did not have. Not when one of its rows was refused: then it is not known what
 * the scope should have. Throws `reference.too-many-deletions`, and has deleted nothing then.
 */
export async function deleteMissing(deps: FeedDeps, feed: Feed, start: ScopeStart, seen: SeenRows, report: FeedReport): Promise<void> {
  report.deleted = 0;
  if (report.refused > 0) {
    report.deletionsWithheld = "rows-refused";
    return;
  }
  let missing = 0;
  for await (const ids of missingIds(deps.db, start, seen)) missing += ids.length;
  const most = Math.floor((start.living * (feed.replace?.maxDeletedPercent ?? 0)) / 100);
  if (missing > most)
    throw new TillsyncError("reference.too-many-deletions", `${missing} of ${start.living} documents; ${most} would be taken`);
  if (feed.dryRun) {
    report.deleted = missing;
    return;
  }
  for await (const ids of missingIds(deps.db, start, seen)) report.deleted += await deleteThese(deps, start, ids);
}

/** Documents of the scope that the feed did not have, in pages, in the order of their last change. */
async function* missingIds(db: Queryable, start: ScopeStart, seen: SeenRows): AsyncGenerator<DocumentId[]> {
  for (let after = 0; ;) {
    const rows = await db.query<{ id: DocumentId; position: number }>(sql`
      SELECT c.id, c.position FROM reference_change c JOIN reference_document d USING (collection, id)
      WHERE c.collection = ${start.collection} AND c.scope = ${start.scope} AND c.position > ${after}::bigint
        AND c.position <= ${start.head}::bigint AND d.scope = c.scope AND d.body IS NOT NULL
      ORDER BY c.position LIMIT ${BATCH_ROWS_MAX}`);
    if (rows.length === 0) return;
    after = rows.at(-1)?.position ?? after;
    yield rows.map((row) => row.id).filter((id) => !seen.has(id));
  }
}

async function deleteThese(deps: FeedDeps, start: ScopeStart, ids: readonly DocumentId[]): Promise<number> {
  if (ids.length === 0) return 0;
  const { collection, scope, head } = start;
  const written = await deps.db.transaction(async (tx) => {
    await lockDocuments(
      tx,
      ids.map((id) => ({ collection, id })),
    );
    // Somebody may have written one of them since it was found missing.
    const still = await tx.query<{ id: DocumentId }>(sql`
      SELECT id FROM reference_change WHERE collection = ${collection} AND scope = ${scope} AND id = ANY(${ids}::text[])
        AND position <= ${head}::bigint`);
    return writeAndCount(
      tx,
      still.map(({ id }) => ({ collection, id, scope, fields: undefined })),
      deps.now(),
    );
  });
  await announceHeads(deps.db, written.heads);
  return written.changed;
}

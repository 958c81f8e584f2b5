import { documentIdSchema, TillsyncError, type Collection, type DocumentId, type Scope, type StoreId } from "@tillsync/sync-protocol";
import { announceHeads } from "../announce-heads.ts";
import { lockDocuments } from "../lock-documents.ts";
import { writeAndCount } from "../write-documents.ts";
import { livingPlaces, storeOf, storesOfTerminals } from "./check-scopes.ts";
import type { FeedDeps } from "./feed.ts";
import type { FeedRow } from "./feed-row.ts";
import { BATCH_ROWS_MAX, FEED_ROWS_MAX } from "./limits.ts";
import { mayShowId } from "./looks-personal.ts";
import { emptyReport, refuse, type FeedReport } from "./report.ts";

/** Ids to delete, as their sender meant them. */
export interface Deletion {
  readonly collection: Collection;
  /** Only those that live here; undefined: wherever they live. */
  readonly scope: Scope | undefined;
  /** The sender's store; undefined: every store. */
  readonly store: StoreId | undefined;
}

/** A feed of one id. */
export async function* oneId(id: string): AsyncGenerator<FeedRow[]> {
  yield [{ line: 1, bytes: id.length, read: { fields: { id } } }];
}

interface Named {
  readonly line: number;
  readonly id: DocumentId;
}

/**
 * Deletes the documents of the ids in the rows (`{"id": ...}`). One that is not there, or lives in another scope than the
 * one named, counts as unchanged. Throws like `takeFeed`.
 */
export async function deleteFeed(
  deps: FeedDeps,
  deletion: Deletion,
  rows: AsyncIterable<FeedRow[]>,
  report: FeedReport = emptyReport(),
): Promise<FeedReport> {
  let batch: Named[] = [];
  let count = 0;
  for await (const some of rows) {
    for (const row of some) {
      count += 1;
      if (count > FEED_ROWS_MAX) throw new TillsyncError("reference.feed-too-large", `more than ${FEED_ROWS_MAX} rows`);
      const { line, read } = row;
      const id = "refusal" in read ? undefined : documentIdSchema.safeParse(read.fields["id"]);
      if ("refusal" in read) refuse(report, { line, ...read.refusal });
      else if (id?.success !== true)
        refuse(report, { line, code: "reference.invalid", detail: "id: printable, no white space at the ends" });
      else batch.push({ line, id: id.data });
      if (batch.length < BATCH_ROWS_MAX) continue;
      await deleteBatch(deps, deletion, batch, report);
      batch = [];
    }
  }
  await deleteBatch(deps, deletion, batch, report);
  return report;
}

async function deleteBatch(deps: FeedDeps, deletion: Deletion, named: readonly Named[], report: FeedReport): Promise<void> {
  if (named.length === 0) return;
  const { collection, store } = deletion;
  const ids = named.map((one) => one.id);
  const forbidden = new Set<DocumentId>();
  const written = await deps.db.transaction(async (tx) => {
    await lockDocuments(
      tx,
      ids.map((id) => ({ collection, id })),
    );
    const living = await livingPlaces(tx, collection, ids);
    const terminals = await storesOfTerminals(tx, living.values());
    const found = [...living].filter(([, scope]) => deletion.scope === undefined || scope === deletion.scope);
    for (const [id, scope] of found) if (store !== undefined && storeOf(scope, terminals) !== store) forbidden.add(id);
    const changes = found.filter(([id]) => !forbidden.has(id)).map(([id, scope]) => ({ collection, id, scope, fields: undefined }));
    return writeAndCount(tx, changes, deps.now());
  });
  const refused = named.filter((one) => forbidden.has(one.id));
  for (const { line, id } of refused)
    refuse(report, {
      line,
      ...(mayShowId(collection) ? { id } : {}),
      code: "reference.scope-forbidden",
      detail: "the document lives outside of the client's store",
    });
  report.accepted += written.changed;
  report.unchanged += named.length - refused.length - written.changed;
  await announceHeads(deps.db, written.heads);
}

import { TillsyncError } from "@tillsync/sync-protocol";
import { checkRow, type CheckedRow } from "./check-row.ts";
import { deleteMissing, noteStart } from "./delete-missing.ts";
import type { Feed, FeedDeps } from "./feed.ts";
import type { FeedRow } from "./feed-row.ts";
import { BATCH_BYTES_MAX, BATCH_ROWS_MAX, FEED_ROWS_MAX } from "./limits.ts";
import { emptyReport, refuse, type FeedReport } from "./report.ts";
import { createSeenRows } from "./seen-rows.ts";
import { takeBatch } from "./take-batch.ts";

/**
 * Takes a feed row by row: a bad row is refused with its reason and harms no other, and its document stays as it was.
 * Holds one batch in memory, however long the feed is. `report` tells what became of the rows up to now, also when this
 * throws: `reference.feed-too-large`, `reference.feed-broken`, `reference.too-many-deletions`, `db.unavailable`. Sending a
 * feed again is harmless.
 */
export async function takeFeed(
  deps: FeedDeps,
  feed: Feed,
  rows: AsyncIterable<FeedRow[]>,
  report: FeedReport = emptyReport(),
  rowsMax = FEED_ROWS_MAX,
): Promise<FeedReport> {
  const seen = createSeenRows();
  const rules = { collection: feed.collection, scope: feed.scope, onlyScope: feed.replace !== undefined, seen };
  const start = feed.replace === undefined || feed.scope === undefined ? undefined : await noteStart(deps.db, feed.collection, feed.scope);
  let batch: CheckedRow[] = [];
  let batchBytes = 0;
  let count = 0;
  const flush = async (): Promise<void> => {
    const full = batch;
    [batch, batchBytes] = [[], 0];
    await takeBatch(deps, feed, full, report);
  };
  for await (const some of rows) {
    for (const row of some) {
      count += 1;
      if (count > rowsMax) {
        await flush();
        throw new TillsyncError("reference.feed-too-large", `more than ${rowsMax} rows; those before were taken`);
      }
      const checked = checkRow(rules, row);
      if ("code" in checked) {
        refuse(report, checked);
        continue;
      }
      batch.push(checked);
      batchBytes += checked.bytes;
      if (batch.length >= BATCH_ROWS_MAX || batchBytes >= BATCH_BYTES_MAX) await flush();
    }
  }
  await flush();
  report.refusals.sort((a, b) => a.line - b.line);
  if (start !== undefined) await deleteMissing(deps, feed, start, seen, report);
  return report;
}

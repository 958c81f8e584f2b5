import { TillsyncError } from "@tillsync/sync-protocol";
import { DELETED_PERCENT_DEFAULT } from "../../reference/feed/limits.ts";
import { emptyReport, type FeedReport } from "../../reference/feed/report.ts";
import { takeFeed } from "../../reference/feed/take-feed.ts";
import { openFeedFile } from "../../reference/import/open-feed-file.ts";
import { required } from "../parse-flags.ts";
import { readCount } from "../read-count.ts";
import { reportError } from "../report-error.ts";
import { withDatabase } from "../with-database.ts";
import { readCollection, readScope, type Values } from "./flags.ts";

/** Exit code 1 also when a row was refused: whoever runs it by a timer must hear of it. */
export async function importFile(values: Values, path: string): Promise<number> {
  const collection = readCollection(required(values.collection, "collection"));
  if (collection === "quotas") throw new TillsyncError("reference.own-collection", collection);
  const scope = readScope(values.scope);
  if (values.replace && scope === undefined) throw new TillsyncError("usage.invalid", "--replace needs --scope");
  const maxDeletedPercent = readCount(values["max-deleted-percent"], "max-deleted-percent", DELETED_PERCENT_DEFAULT, 100);
  const rows = await openFeedFile(path, values.mapping);
  const feed = {
    collection,
    scope,
    store: undefined,
    move: values.move,
    replace: values.replace ? { maxDeletedPercent } : undefined,
    dryRun: values["dry-run"],
  };
  const report = emptyReport();
  const outcome = await withDatabase(values, (db) => takeFeed({ db, now: Date.now }, feed, rows, report)).then(
    () => undefined,
    (error: unknown) => ({ error }),
  );
  if (outcome !== undefined && !(outcome.error instanceof TillsyncError)) throw outcome.error;
  if (values.json) console.log(JSON.stringify({ ...report, ...(outcome?.error instanceof TillsyncError ? outcome.error.toJSON() : {}) }));
  else printReport(report, values["dry-run"]);
  // What was taken up to a failure is told before the failure.
  if (outcome !== undefined) return reportError(false)(outcome.error);
  return report.refused === 0 ? 0 : 1;
}

export function printReport(report: FeedReport, dryRun = false): void {
  const { accepted, unchanged, refused, deleted } = report;
  console.log(
    `${dryRun ? "dry run: " : ""}${accepted} changed, ${unchanged} unchanged, ${refused} refused${deleted === undefined ? "" : `, ${deleted} deleted`}`,
  );
  if (report.deletionsWithheld !== undefined) console.log("nothing was deleted, because a row was refused");
  for (const { line, id, code, detail } of report.refusals) console.log([`line ${line}`, id ?? "", code, detail].join("\t"));
  if (report.refusedMore > 0) console.log(`and ${report.refusedMore} more`);
}

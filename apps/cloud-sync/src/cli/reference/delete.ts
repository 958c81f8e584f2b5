import { TillsyncError } from "@tillsync/sync-protocol";
import { deleteFeed, oneId } from "../../reference/feed/delete-feed.ts";
import { withDatabase } from "../with-database.ts";
import { printReport } from "./import.ts";
import { readCollection, readScope, type Values } from "./flags.ts";

/** Deletes one document wherever it lives, or only in `--scope`. Terminals are told. */
export async function deleteDocument(values: Values, name: string, id: string): Promise<number> {
  const collection = readCollection(name);
  if (collection === "quotas") throw new TillsyncError("reference.own-collection", collection);
  const deletion = { collection, scope: readScope(values.scope), store: undefined };
  const report = await withDatabase(values, (db) => deleteFeed({ db, now: Date.now }, deletion, oneId(id)));
  if (values.json) console.log(JSON.stringify(report));
  else printReport(report);
  return report.refused === 0 ? 0 : 1;
}

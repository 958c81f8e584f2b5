import { showFeed } from "../../feeds/show-feed.ts";
import { databaseFlags } from "../destinations/flags.ts";
import { withDatabase } from "../with-database.ts";
import type { Values } from "./flags.ts";

export async function show(values: Values, name: string): Promise<number> {
  const found = await withDatabase(databaseFlags(values), (db) => showFeed(db, name));
  if (values.json) {
    console.log(JSON.stringify(found));
    return 0;
  }
  console.log(`${found.name} (${found.kind}) ${found.state}${found.reason === undefined ? "" : `: ${found.reason}`}`);
  for (const { collection, count } of found.documents) console.log(`${collection}: ${count} documents`);
  const { lastRun } = found;
  if (lastRun !== null)
    console.log(
      `last run ${lastRun.outcome} ${new Date(lastRun.endedAtMs).toISOString()}: ${lastRun.read} records, ${lastRun.changed} documents changed, ` +
        `${lastRun.deleted} deleted${lastRun.code === undefined ? "" : `; ${lastRun.code}: ${lastRun.detail ?? ""}`}`,
    );
  console.log(`${found.refused} records are refused${found.refusals.length < found.refused ? `; the first ${found.refusals.length}` : ""}`);
  for (const { part, key, code, detail } of found.refusals) console.log(["", part, key, code, detail].join("\t"));
  console.log(JSON.stringify(found.config, undefined, 2));
  console.log(`sealed, never shown: ${found.sealedFields.join(", ")}`);
  return 0;
}

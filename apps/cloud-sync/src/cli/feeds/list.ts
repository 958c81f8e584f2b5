import { listFeeds } from "../../feeds/feed.ts";
import { databaseFlags } from "../destinations/flags.ts";
import { withDatabase } from "../with-database.ts";
import type { Values } from "./flags.ts";

export async function list(values: Values): Promise<number> {
  const feeds = await withDatabase(databaseFlags(values), listFeeds);
  const shown = feeds.map(({ name, kind, state, reason }) => ({ name, kind, state, ...(reason === undefined ? {} : { reason }) }));
  if (values.json) console.log(JSON.stringify({ feeds: shown }));
  else for (const row of shown) console.log([row.name, row.kind, row.state, row.reason ?? ""].join("\t"));
  return 0;
}

import { addFeed } from "../../feeds/feed.ts";
import { readFeedFile } from "../../feeds/feed-file.ts";
import { databaseFlags, sealOf } from "../destinations/flags.ts";
import { withDatabase } from "../with-database.ts";
import { wakeFeeds, type Values } from "./flags.ts";

export async function add(values: Values, path: string): Promise<number> {
  const file = await readFeedFile(path);
  const seal = await sealOf(values);
  const { name } = file.common;
  await withDatabase(
    databaseFlags(values),
    async (db) => {
      await addFeed(db, file, seal, Date.now());
      await wakeFeeds(db);
    },
    { create: true },
  );
  console.log(values.json ? JSON.stringify({ feed: name }) : `${name} added; the cloud reads it whole now, then what changes`);
  return 0;
}

import { removeFeed } from "../../feeds/feed.ts";
import { databaseFlags } from "../destinations/flags.ts";
import { withDatabase } from "../with-database.ts";
import { wakeFeeds, type Values } from "./flags.ts";

export async function remove(values: Values, name: string): Promise<number> {
  const { documents } = await withDatabase(databaseFlags(values), async (db) => {
    const removed = await removeFeed(db, name);
    await wakeFeeds(db);
    return removed;
  });
  console.log(
    values.json ? JSON.stringify({ feed: name, documents }) : `${name} removed; ${documents} documents that it brought stay as they are`,
  );
  return 0;
}

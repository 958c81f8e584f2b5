import { setFeedState, type FeedState } from "../../feeds/feed.ts";
import { databaseFlags } from "../destinations/flags.ts";
import { withDatabase } from "../with-database.ts";
import { wakeFeeds, type Values } from "./flags.ts";

export async function setState(values: Values, name: string, state: FeedState): Promise<number> {
  await withDatabase(databaseFlags(values), async (db) => {
    await setFeedState(db, name, { state }, Date.now());
    await wakeFeeds(db);
  });
  console.log(values.json ? JSON.stringify({ feed: name, state }) : `${name} is ${state}`);
  return 0;
}

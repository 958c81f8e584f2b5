import type { Database } from "../../db/database.ts";
import { notifyProcesses } from "../../event-log/bridge-wake.ts";
import { FEEDS_TOPIC } from "../../feeds/feed.ts";
import type { parseFlags } from "../parse-flags.ts";

export const FLAGS = {
  full: { type: "boolean", default: false },
  "allow-deletions": { type: "boolean", default: false },
  wait: { type: "string" },
} as const;
export type Values = ReturnType<typeof parseFlags<typeof FLAGS>>["values"];

export const wakeFeeds = (db: Database): Promise<unknown> => notifyProcesses(db, [FEEDS_TOPIC]);

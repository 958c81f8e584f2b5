import type { Queryable } from "../db/database.ts";
import { TillsyncError } from "@tillsync/sync-protocol";
import type { Seal } from "../destinations/seal.ts";
import { readFeedConfig } from "./feed.ts";

/** How long a secret, or that there is none, is remembered: what a flood of notices costs the database. */
const KEEP_MS = 5_000;
/** Names that are remembered at once; they are whatever callers send. */
const NAMES_MAX = 1_000;

/** Finds the secret by which a feed's notices are signed; undefined: there is no such feed, or it takes none. */
export interface NoticeSecrets {
  find(name: string): Promise<string | undefined>;
}

/** Throws `destination.sealed` and `db.*`: what only we can mend is no fault of the sender's. */
export function createNoticeSecrets(db: Queryable, openSeal: () => Promise<Seal>, now: () => number): NoticeSecrets {
  const known = new Map<string, { readonly atMs: number; readonly secret: string | undefined }>();
  return {
    find: async (name) => {
      const found = known.get(name);
      if (found !== undefined && Math.abs(now() - found.atMs) < KEEP_MS) return found.secret;
      const secret = await readSecret(db, name, openSeal);
      if (known.size >= NAMES_MAX) known.clear();
      known.set(name, { atMs: now(), secret });
      return secret;
    },
  };
}

async function readSecret(db: Queryable, name: string, openSeal: () => Promise<Seal>): Promise<string | undefined> {
  try {
    const { own } = await readFeedConfig(db, name, await openSeal());
    return typeof own["noticeSecret"] === "string" ? own["noticeSecret"] : undefined;
  } catch (error) {
    if (error instanceof TillsyncError && error.code === "feed.unknown") return undefined;
    throw error;
  }
}

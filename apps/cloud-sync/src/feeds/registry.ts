import { TillsyncError } from "@tillsync/sync-protocol";
import type { FeedKind } from "./feed-kind.ts";
import { trytonFeed } from "./tryton/tryton-feed.ts";
import { vendureFeed } from "./vendure/vendure-feed.ts";

const kinds: ReadonlyMap<string, FeedKind> = new Map([trytonFeed as FeedKind, vendureFeed as FeedKind].map((kind) => [kind.kind, kind]));

/** Throws `feed.config-invalid` for a kind that this version does not have. */
export function feedKindOf(kind: string): FeedKind {
  const found = kinds.get(kind);
  if (found === undefined) throw new TillsyncError("feed.config-invalid", `kind: one of ${[...kinds.keys()].join(", ")}`);
  return found;
}

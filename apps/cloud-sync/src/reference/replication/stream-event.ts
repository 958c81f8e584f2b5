import type { Collection, Scope } from "@tillsync/sync-protocol";
import { documentLines } from "./document-line.ts";
import type { Page } from "./page.ts";

/** Documents that travel in an event. More is a feed: everybody pulls it at his own pace. */
export const EVENT_DOCUMENTS_MAX = 100;
/** Their texts. A reader's queue holds several. */
export const EVENT_BYTES_MAX = 64 * 1024;

const frame = (json: string): Buffer => Buffer.from(`data: ${json}\n\n`);

export const changedEvent = (collection: Collection, scope: Scope, to: number): Buffer =>
  frame(JSON.stringify({ kind: "changed", collection, scope, to }));

export const resyncEvent = frame(JSON.stringify({ kind: "resync" }));

/** A comment: it says nothing but that the line is alive. */
export const beatFrame = Buffer.from(":\n\n");

/**
 * What is behind `from` as one event for all who see the scope: the documents, or only that there are some where they are
 * many, large, or not the same for everyone.
 */
export function pageEvent(collection: Collection, scope: Scope, from: number, page: Page): Buffer {
  if (page.more || page.bytes > EVENT_BYTES_MAX || !page.plain) return changedEvent(collection, scope, page.to);
  const { documents, scopes } = documentLines(page.rows, scope, new Set([scope]));
  const head = JSON.stringify({ kind: "documents", collection, scope, from, to: page.to, scopes });
  return frame(`${head.slice(0, -1)},"documents":[${documents.join(",")}]}`);
}

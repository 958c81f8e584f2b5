import type { Collection, Scope } from "@tillsync/sync-protocol";
import type { BackgroundLog } from "../../subscribers/ports.ts";
import type { PageStore } from "./page-store.ts";
import type { StreamOutlet } from "./stream-outlet.ts";
import { changedEvent, EVENT_DOCUMENTS_MAX, pageEvent } from "./stream-event.ts";

/** One order of changes that somebody follows. All its readers have been told of everything up to `head`. */
export interface StreamTopic {
  readonly collection: Collection;
  readonly scope: Scope;
  readonly readers: Set<StreamOutlet>;
  /** Undefined until it was read once. */
  head: number | undefined;
  /** The furthest that was heard of. */
  heard: number;
  telling: boolean;
  /** Streams that follow it or are about to. */
  users: number;
}

export const topicKey = (collection: Collection, scope: Scope): string => `${collection} ${scope}`;

export const newTopic = (collection: Collection, scope: Scope): StreamTopic => ({
  collection,
  scope,
  readers: new Set(),
  head: undefined,
  heard: 0,
  telling: false,
  users: 0,
});

/**
 * Tells all readers what is behind the topic's head, page by page, until it has reached what was heard of. One reads for
 * all: what comes meanwhile is told with the next page. A page that cannot be read is not waited for: that something
 * changed is told without it. Never rejects.
 */
export async function tellReaders(topic: StreamTopic, pages: PageStore, log: BackgroundLog): Promise<void> {
  if (topic.telling) return;
  topic.telling = true;
  const { collection, scope } = topic;
  while (topic.head !== undefined && topic.heard > topic.head && topic.readers.size > 0) {
    const [from, heard] = [topic.head, topic.heard];
    let [event, to] = [changedEvent(collection, scope, heard), heard];
    try {
      const page = await pages.get({ collection, scope, from, limit: EVENT_DOCUMENTS_MAX + 1 }, heard);
      if (!page.more) {
        to = Math.max(heard, page.to);
        event = page.to < heard ? event : pageEvent(collection, scope, from, page);
      }
    } catch (error) {
      log.warn({ err: error, collection, scope }, "a change is told without its documents");
    }
    topic.head = to;
    for (const reader of topic.readers) reader.send(event);
  }
  topic.telling = false;
}

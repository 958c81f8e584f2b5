import { positionAt, TillsyncError, type Checkpoint, type Collection } from "@tillsync/sync-protocol";
import type { Database } from "../../db/database.ts";
import { STREAMS_MAX } from "../../limits.ts";
import type { BackgroundLog, BackgroundPorts } from "../../subscribers/ports.ts";
import { listenHeads } from "../announce-heads.ts";
import type { MovedHead } from "../write-documents.ts";
import type { Caller, CallerCheck } from "./caller.ts";
import { KEEP_TIMES, keepStreams, type KeepTimes } from "./keep-streams.ts";
import { admitStream, type OpenStream } from "./open-stream.ts";
import type { PageStore } from "./page-store.ts";
import { readHeads } from "./read-heads.ts";
import { beatFrame, changedEvent, resyncEvent } from "./stream-event.ts";
import { openStreamOutlet, type StreamOutlet, type StreamSink } from "./stream-outlet.ts";
import { newTopic, tellReaders, topicKey, type StreamTopic } from "./stream-topic.ts";

export interface StreamHubDeps {
  readonly db: Database;
  readonly pages: PageStore;
  readonly log: BackgroundLog;
  readonly ports: BackgroundPorts;
  readonly stillAllowed: CallerCheck;
}

export interface StreamHubOptions {
  readonly times?: Partial<KeepTimes>;
  readonly streamsMax?: number;
}

/** What a reader follows, and how far it has each collection. */
export interface StreamWanted {
  readonly caller: Caller;
  readonly collections: readonly Collection[];
  readonly checkpoints: Readonly<Partial<Record<Collection, Checkpoint>>>;
}

/** All live streams of this process. */
export interface StreamHub {
  /**
   * Begins a stream: what the reader's checkpoints lack is named first, then every change of its scopes as it comes. Call
   * the result when the line is gone. Throws `wire.busy` past the cap or while stopping, `db.unavailable`.
   */
  open(wanted: StreamWanted, sink: StreamSink): Promise<() => void>;
  /** Ends all streams and everything that was started for them. */
  close(): Promise<void>;
}

/**
 * Listens and polls for moved heads from the first stream on. A head that moves is read once, whatever the number of those
 * who follow it, and its event is made once.
 */
export function createStreamHub(deps: StreamHubDeps, options: StreamHubOptions = {}): StreamHub {
  const topics = new Map<string, StreamTopic>();
  const streams = new Set<OpenStream>();
  const stopping = new AbortController();
  const times = { ...KEEP_TIMES, ...options.times };
  let opening = 0;
  let running: Promise<void> | undefined;

  const heard = (heads: readonly MovedHead[]): void => {
    for (const { collection, scope, head } of heads) {
      const topic = topics.get(topicKey(collection, scope));
      if (topic === undefined || head <= topic.heard) continue;
      topic.heard = head;
      void tellReaders(topic, deps.pages, deps.log);
    }
  };
  const run = async (): Promise<void> => {
    const listening = listenHeads(deps.db, heard).catch((error: unknown) => {
      deps.log.warn({ err: error }, "streams hear of other processes' changes by polling alone");
    });
    await keepStreams({ ...deps, streams, topics, heard }, stopping.signal, times);
    await (
      await listening
    )?.();
  };
  return {
    open: async (wanted, sink) => {
      if (stopping.signal.aborted || streams.size + opening >= (options.streamsMax ?? STREAMS_MAX))
        throw new TillsyncError("wire.busy", `${streams.size} streams`);
      // Topics stand before their heads are read: what moves meanwhile is heard.
      const followed = followTopics(topics, wanted);
      opening += 1;
      try {
        running ??= run();
        const heads = await readHeads(deps.db, wanted.collections, wanted.caller.scopes);
        if (stopping.signal.aborted) throw new TillsyncError("wire.busy", "stopping");
        const outlet = openStreamOutlet(sink, () => deps.ports.nowMs());
        const endsMs = deps.ports.nowMs() + times.lifeMs * (1 + deps.ports.random() / 5);
        const stream = { caller: wanted.caller, outlet, endsMs };
        admitStream(streams, stream);
        greet(outlet, followed, wanted, heads);
        heard(heads);
        for (const topic of followed) void tellReaders(topic, deps.pages, deps.log);
        return () => {
          streams.delete(stream);
          leaveTopics(topics, followed, outlet);
        };
      } catch (error) {
        leaveTopics(topics, followed);
        throw error;
      } finally {
        opening -= 1;
      }
    },
    close: async () => {
      stopping.abort();
      for (const { outlet } of streams) outlet.end();
      await running?.catch((error: unknown) => deps.log.warn({ err: error }, "stopping streams failed"));
    },
  };
}

function followTopics(topics: Map<string, StreamTopic>, { collections, caller }: StreamWanted): StreamTopic[] {
  return collections.flatMap((collection) =>
    caller.scopes.map((scope) => {
      const key = topicKey(collection, scope);
      const topic = topics.get(key) ?? newTopic(collection, scope);
      topics.set(key, topic);
      topic.users += 1;
      return topic;
    }),
  );
}

function leaveTopics(topics: Map<string, StreamTopic>, followed: readonly StreamTopic[], outlet?: StreamOutlet): void {
  for (const topic of followed) {
    if (outlet !== undefined) topic.readers.delete(outlet);
    topic.users -= 1;
    if (topic.users === 0) topics.delete(topicKey(topic.collection, topic.scope));
  }
}

/** Tells a new reader how far everything is, that this is all for now, and lets it hear what comes. */
function greet(outlet: StreamOutlet, followed: readonly StreamTopic[], wanted: StreamWanted, heads: readonly MovedHead[]): void {
  const fresh = new Map(heads.map((head) => [topicKey(head.collection, head.scope), head.head]));
  let restored = false;
  for (const topic of followed) {
    const head = fresh.get(topicKey(topic.collection, topic.scope)) ?? 0;
    topic.head ??= head;
    topic.readers.add(outlet);
    const position = positionAt(wanted.checkpoints[topic.collection] ?? {}, topic.scope);
    restored ||= position > head;
    if (position < topic.head) outlet.send(changedEvent(topic.collection, topic.scope, topic.head));
  }
  // A position that was never given out is of a cloud before it was restored from a backup.
  if (restored) outlet.send(resyncEvent);
  outlet.beat(beatFrame);
}

import { streamEventSchema, type Checkpoint, type Collection, type StreamEvent } from "@tillsync/sync-protocol";
import { EventSourceParserStream } from "eventsource-parser/stream";
import { openStream, type CloudAddress } from "./cloud-client.ts";

/** The cloud says something every 15 seconds; a line that is silent for longer than this is dead. */
const SILENCE_MAX_MS = 45_000;
/** Waits before another attempt: doubled up to the most, of which a random part is taken so that not all come at once. */
const RETRY = { firstMs: 500, mostMs: 30_000 };
/** An event holds 64 KB of documents at most. */
const EVENT_CHARS_MAX = 1024 * 1024;

export interface StreamReader {
  /** How far the reader is now, asked at every connection. */
  readonly checkpoints: () => Readonly<Partial<Record<Collection, Checkpoint>>>;
  readonly onEvent: (event: StreamEvent) => void;
  /** A connection that failed; another one is tried. */
  readonly onError: (error: unknown) => void;
}

/** Follows the live stream until `signal` aborts, over any number of connections. What it missed between two the cloud names at the next. */
export async function followStream(cloud: CloudAddress, reader: StreamReader, signal: AbortSignal): Promise<void> {
  for (let failures = 0; !signal.aborted;) {
    try {
      await readOnce(cloud, reader, signal, () => (failures = 0));
    } catch (error) {
      if (signal.aborted) return;
      reader.onError(error);
    }
    const mostMs = Math.min(RETRY.mostMs, RETRY.firstMs * 2 ** failures);
    failures += 1;
    await pause(mostMs * Math.random(), signal);
  }
}

async function readOnce(cloud: CloudAddress, reader: StreamReader, signal: AbortSignal, onAlive: () => void): Promise<void> {
  const dead = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const alive = (): void => {
    onAlive();
    clearTimeout(timer);
    timer = setTimeout(() => dead.abort(new Error("the stream is silent")), SILENCE_MAX_MS);
  };
  try {
    const until = AbortSignal.any([signal, dead.signal]);
    timer = setTimeout(() => dead.abort(new Error("no stream in time")), SILENCE_MAX_MS);
    const body = await openStream(cloud, reader.checkpoints(), until);
    alive();
    const events = body
      .pipeThrough(new TextDecoderStream() as unknown as ReadableWritablePair<string, Uint8Array>)
      .pipeThrough(new EventSourceParserStream({ onComment: alive, onError: "terminate", maxBufferSize: EVENT_CHARS_MAX }));
    for (const source = events.getReader(); ;) {
      const { done, value } = await source.read();
      if (done) return;
      alive();
      reader.onEvent(streamEventSchema.parse(JSON.parse(value.data)));
    }
  } finally {
    clearTimeout(timer);
    dead.abort();
  }
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });

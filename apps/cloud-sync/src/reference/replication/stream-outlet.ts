import { STREAM_QUEUE_BYTES_MAX, STREAM_QUEUE_EVENTS_MAX } from "../../limits.ts";
import { resyncEvent } from "./stream-event.ts";

/** Where the bytes of one stream go: a response, or a test's stand-in. */
export interface StreamSink {
  /** False: written, but it is full now and will tell when it is not. */
  write(bytes: Uint8Array): boolean;
  onDrain(drained: () => void): void;
  end(): void;
  /** Cuts the line at once. */
  destroy(): void;
}

/** One reader's stream. */
export interface StreamOutlet {
  send(event: Uint8Array): void;
  /** Something to keep the line open, when nothing else goes out. */
  beat(bytes: Uint8Array): void;
  /** When the sink became full, if it is; undefined while it takes what it is given. */
  readonly stuckSinceMs: number | undefined;
  /** Ends the stream; the line of a reader that takes nothing is cut. */
  end(): void;
  destroy(): void;
}

/**
 * Sends to a reader that may be slow: what it does not take waits in a bounded queue. Past the bound the queue is given
 * up, and the reader is told to pull everything as soon as it reads again: it costs a slow reader a pull, never the cloud
 * its memory.
 */
export function openStreamOutlet(sink: StreamSink, nowMs: () => number): StreamOutlet {
  let queue: Uint8Array[] = [];
  let [queuedBytes, missed] = [0, false];
  let stuckSinceMs: number | undefined;
  const write = (bytes: Uint8Array): void => {
    if (!sink.write(bytes)) stuckSinceMs = nowMs();
  };
  const take = (): Uint8Array | undefined => (stuckSinceMs === undefined ? queue.shift() : undefined);
  sink.onDrain(() => {
    stuckSinceMs = undefined;
    if (missed) {
      missed = false;
      write(resyncEvent);
    }
    for (let next = take(); next !== undefined; next = take()) {
      queuedBytes -= next.length;
      write(next);
    }
  });
  return {
    send: (event) => {
      if (stuckSinceMs === undefined) return write(event);
      // Who is to pull everything needs nothing of what came before it does.
      if (missed) return;
      queue.push(event);
      queuedBytes += event.length;
      if (queue.length <= STREAM_QUEUE_EVENTS_MAX && queuedBytes <= STREAM_QUEUE_BYTES_MAX) return;
      queue = [];
      queuedBytes = 0;
      missed = true;
    },
    beat: (bytes) => {
      if (stuckSinceMs === undefined) write(bytes);
    },
    get stuckSinceMs() {
      return stuckSinceMs;
    },
    end: () => (stuckSinceMs === undefined ? sink.end() : sink.destroy()),
    destroy: () => sink.destroy(),
  };
}

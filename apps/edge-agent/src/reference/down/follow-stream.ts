import { createParser, type EventSourceParser } from "eventsource-parser";
import { REFERENCE_PATHS, streamEventSchema, type Checkpoint, type Collection, type StreamEvent } from "@tillsync/sync-protocol";
import { EVENT_BYTES_MAX, STREAM_IDLE_MS } from "../limits.ts";
import { LineFailed } from "./line-failed.ts";
import type { DownLine } from "./open-down-line.ts";

export interface StreamDeps {
  readonly line: DownLine;
  readonly signal: AbortSignal;
  readonly checkpoints: Readonly<Partial<Record<Collection, Checkpoint>>>;
  readonly onOpen: () => void;
  /** `undefined`: something that this version does not understand; the caller asks for everything. */
  readonly onEvent: (event: StreamEvent | undefined) => void;
  /** The cloud says that it is there: all that it had to tell until now has been told. */
  readonly onBeat: () => void;
}

const EVENT_STREAM = "text/event-stream";

/** Follows the live stream until it ends. Ends with `LineFailed` when it breaks, and when nothing comes for too long. */
export async function followStream(deps: StreamDeps): Promise<void> {
  const query = new URLSearchParams({
    collections: JSON.stringify(Object.keys(deps.checkpoints)),
    checkpoints: JSON.stringify(deps.checkpoints),
  });
  const decoder = new TextDecoder();
  let parser: EventSourceParser | undefined;
  await deps.line.getBytes(
    {
      path: `${REFERENCE_PATHS.stream}?${query.toString()}`,
      headers: { accept: EVENT_STREAM },
      idleMs: STREAM_IDLE_MS,
      signal: deps.signal,
    },
    ({ headers }) => {
      if (!String(headers["content-type"] ?? "").startsWith(EVENT_STREAM))
        throw new LineFailed({ code: "wire.not-cloud", detail: "no event stream" });
      parser = openParser(deps);
      deps.onOpen();
    },
    (bytes) => parser?.feed(decoder.decode(bytes, { stream: true })),
  );
}

const openParser = (deps: StreamDeps): EventSourceParser =>
  createParser({
    onEvent: ({ data }) => deps.onEvent(readEvent(data)),
    onComment: () => deps.onBeat(),
    onError: (error) => {
      // An unknown field is allowed to be there; a line without end is not.
      if (error.type === "max-buffer-size-exceeded") throw new LineFailed({ code: "wire.too-large", detail: "an event of the stream" });
    },
    maxBufferSize: EVENT_BYTES_MAX,
  });

function readEvent(data: string): StreamEvent | undefined {
  try {
    return streamEventSchema.safeParse(JSON.parse(data)).data;
  } catch {
    return undefined;
  }
}

import { STREAMS_PER_SERVICE_MAX, STREAMS_PER_TERMINAL_MAX } from "../../limits.ts";
import type { Caller } from "./caller.ts";
import type { StreamOutlet } from "./stream-outlet.ts";

/** One open stream. */
export interface OpenStream {
  readonly caller: Caller;
  readonly outlet: StreamOutlet;
  /** When its reader is to come again, by the clock of the hub's ports. */
  readonly endsMs: number;
}

/** Adds a stream. Where its caller has too many the oldest of them ends: its line may be dead and nobody knows. */
export function admitStream(streams: Set<OpenStream>, stream: OpenStream): void {
  const { kind, name } = stream.caller;
  const max = kind === "terminal" ? STREAMS_PER_TERMINAL_MAX : STREAMS_PER_SERVICE_MAX;
  const same = [...streams].filter(({ caller }) => caller.kind === kind && caller.name === name);
  for (const oldest of same.slice(0, Math.max(0, same.length + 1 - max))) {
    streams.delete(oldest);
    oldest.outlet.end();
  }
  streams.add(stream);
}

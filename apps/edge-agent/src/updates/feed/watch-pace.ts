import { TillsyncError } from "@tillsync/sync-protocol";
import type { ReplicatorPorts } from "../../replicator/ports.ts";

/** Slower than this is no line but a trap: 64 KiB in a minute is a tenth of a modem of 1998. */
const PACE_MS = 60_000;
const PACE_BYTES = 64 * 1024;

export interface Pace {
  readonly signal: AbortSignal;
  readonly came: (bytes: number) => void;
  readonly stop: () => void;
}

/**
 * Ends a transfer that drips: each minute must bring 64 KiB, the last excepted, and the whole may not take longer than
 * `deadlineMs`. `outer` ends it too.
 */
export function watchPace(
  ports: Pick<ReplicatorPorts, "setTimer">,
  deadlineMs: number,
  outer: AbortSignal,
  pace: { readonly everyMs: number; readonly bytes: number } = { everyMs: PACE_MS, bytes: PACE_BYTES },
): Pace {
  const end = new AbortController();
  let bytes = 0;
  const abort = (why: string): void => end.abort(new TillsyncError("update.unreachable", why));
  const total = ports.setTimer(deadlineMs, () => abort(`${deadlineMs} ms have passed`));
  const look = (): void => {
    if (bytes < pace.bytes) return abort(`${bytes} bytes in ${pace.everyMs} ms`);
    bytes = 0;
    timer = ports.setTimer(pace.everyMs, look);
  };
  let timer = ports.setTimer(pace.everyMs, look);
  const stopped = (): void => abort("stopped");
  outer.addEventListener("abort", stopped, { once: true });
  if (outer.aborted) stopped();
  return {
    signal: end.signal,
    came: (n) => void (bytes += n),
    stop: () => {
      total.cancel();
      timer.cancel();
      outer.removeEventListener("abort", stopped);
    },
  };
}

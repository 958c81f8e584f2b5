import { collections, TillsyncError, type Checkpoint, type Collection, type StreamEvent } from "@tillsync/sync-protocol";
import type { ReplicatorPorts } from "../../replicator/ports.ts";
import { windowScope } from "../store/adopt-scopes.ts";
import { readReference } from "../store/in-reference.ts";
import type { ReferenceStore } from "../store/reference-store.ts";
import { onReferenceChanged } from "../store/tell-changed.ts";
import { WINDOW_WAIT_MAX_MS } from "../../window-api/methods.ts";
import { changedBehind } from "./pull-for-window.ts";

export interface WindowWait {
  readonly checkpoints: Readonly<Partial<Record<Collection, Checkpoint>>>;
  readonly waitMs: number;
}

/**
 * The cloud's stream as a long poll: answers with `changed` events as soon as one of the named collections has changed behind its
 * checkpoint, with none after `waitMs` or when the agent stops, and with `resync` where a checkpoint is none of this file.
 * Throws `store.*`.
 */
export function waitForWindow(
  deps: { readonly store: ReferenceStore; readonly ports: Pick<ReplicatorPorts, "setTimer">; readonly signal: AbortSignal },
  { checkpoints, waitMs }: WindowWait,
): Promise<{ readonly events: readonly StreamEvent[] }> {
  const { store, ports, signal } = deps;
  const look = (): readonly StreamEvent[] => eventsBehind(store, checkpoints);
  const now = look();
  if (now.length > 0 || signal.aborted) return Promise.resolve({ events: now });
  return new Promise((resolve) => {
    const end = (events: readonly StreamEvent[]): void => {
      unlisten();
      timer.cancel();
      signal.removeEventListener("abort", stop);
      resolve({ events });
    };
    const stop = (): void => end([]);
    const unlisten = onReferenceChanged(store, (changed) => {
      if (![...changed].some((collection) => checkpoints[collection] !== undefined)) return;
      const events = look();
      if (events.length > 0) end(events);
    });
    const timer = ports.setTimer(Math.min(waitMs, WINDOW_WAIT_MAX_MS), stop);
    signal.addEventListener("abort", stop, { once: true });
  });
}

function eventsBehind(store: ReferenceStore, checkpoints: WindowWait["checkpoints"]): readonly StreamEvent[] {
  try {
    return readReference(store, (file) =>
      collections.flatMap((collection) => {
        const checkpoint = checkpoints[collection];
        const to = checkpoint === undefined ? undefined : changedBehind(file, collection, checkpoint);
        return to === undefined ? [] : [{ kind: "changed" as const, collection, scope: windowScope(file), to }];
      }),
    );
  } catch (error) {
    if (error instanceof TillsyncError && error.code === "reference.checkpoint-unknown") return [{ kind: "resync" }];
    throw error;
  }
}

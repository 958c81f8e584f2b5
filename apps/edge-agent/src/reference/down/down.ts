import { collections, ERROR_CODES, TillsyncError, type Collection, type ErrorCode, type Scope } from "@tillsync/sync-protocol";
import type { ReplicatorPorts } from "../../replicator/ports.ts";
import type { ReplicatorLog } from "../../replicator/start-replicator.ts";
import { adoptedScopes, adoptScopes, type ReferenceOwner } from "../store/adopt-scopes.ts";
import { underWay } from "../store/first-loads.ts";
import { positionsOf } from "../store/positions.ts";
import type { ReferenceFile, ReferenceStore } from "../store/reference-store.ts";
import { LineFailed } from "./line-failed.ts";
import type { DownLine } from "./open-down-line.ts";
import { retryMs, type Bell } from "./pauses.ts";

/** Three that go on by themselves: first loads, pulls, and the live stream. None waits for another one's failure. */
export type Part = "load" | "pull" | "stream";

/** All that one run of the way down changes. */
export interface Down {
  readonly store: ReferenceStore;
  readonly line: DownLine;
  readonly owner: ReferenceOwner;
  readonly ports: ReplicatorPorts;
  readonly log: ReplicatorLog;
  readonly signal: AbortSignal;
  readonly reserve: (bytes: number) => void;
  /** Ring when there is something to load, or to pull. */
  readonly bells: { readonly load: Bell; readonly pull: Bell };
  /** The file that the rest is about. */
  file: ReferenceFile | undefined;
  /** It is known which snapshots are to be loaded. Until then nothing is pulled that a snapshot may bring. */
  planned: boolean;
  live: boolean;
  readonly dirty: Set<Collection>;
  /** When each was last known to be as the cloud has it. */
  readonly asOf: Map<Collection, number>;
  readonly failing: Map<Part, ErrorCode>;
  lastError: { readonly code: ErrorCode; readonly at: number } | null;
  /** Ends the stream that is open; the next one begins with the positions of then. */
  restartStream: () => void;
}

/** Makes the file ours: the first time, and whenever a damaged one was replaced by an empty one. Throws `store.*`. */
export function prepareFile(down: Down): readonly Scope[] {
  const { store } = down;
  if (down.file !== store.file) {
    if (down.file !== undefined) down.log.error({ code: "store.corrupt" }, "the reference data was damaged and is loaded again");
    adoptScopes(store, down.owner);
    down.file = store.file;
    down.planned = false;
    down.asOf.clear();
    for (const collection of collections) if (!isLoaded(down, collection)) down.dirty.add(collection);
    down.restartStream();
    down.bells.load.ring();
  }
  return adoptedScopes(store.file);
}

export const isLoaded = ({ store }: Down, collection: Collection): boolean => {
  const positions = positionsOf(store.file, collection);
  return positions.length > 0 && positions.every(({ loaded }) => loaded);
};

export const isLoading = ({ store }: Down, collection: Collection): boolean =>
  underWay(store.file).some((one) => one.collection === collection);

export function markDirty(down: Down, ...dirty: readonly Collection[]): void {
  for (const collection of dirty) down.dirty.add(collection);
  if (dirty.length > 0) down.bells.pull.ring();
}

/**
 * Calls `attempt` until the run ends. What fails is noted for people and tried again after a while that grows; the other
 * parts, and the sales, do not hear of it.
 */
export async function keepTrying(down: Down, part: Part, attempt: () => Promise<void | "still-failing">): Promise<void> {
  for (let failures = 0; !down.signal.aborted;) {
    try {
      prepareFile(down);
      const ended = await attempt();
      failures = 0;
      if (ended !== "still-failing") down.failing.delete(part);
    } catch (error) {
      if (down.signal.aborted) return;
      failures += 1;
      const code = noteFailure(down, part, error);
      await pause(down, retryMs(failures, code, error instanceof LineFailed ? error.retryAfterMs : undefined, down.ports.random));
    }
  }
}

/** Some milliseconds, or until the run ends. */
export function pause({ ports, signal }: Down, ms: number): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = (): void => {
      timer.cancel();
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = ports.setTimer(ms, end);
    signal.addEventListener("abort", end, { once: true });
  });
}

/** Keeps a failure for people. Gives its code. */
export function noteFailure(down: Down, part: Part, error: unknown): ErrorCode {
  const code = error instanceof TillsyncError ? error.code : "internal.unexpected";
  const before = down.failing.get(part);
  down.failing.set(part, code);
  down.lastError = { code, at: down.ports.wallMs() };
  if (code === "internal.unexpected") down.log.error({ part, err: error }, "reference data: a step failed and is repeated");
  else if (before !== code)
    down.log.warn({ part, code, detail: error instanceof TillsyncError ? error.detail : undefined }, ERROR_CODES[code].meaning);
  return code;
}

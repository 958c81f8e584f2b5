import { TillsyncError, type ErrorCode } from "@tillsync/sync-protocol";
import { startDownlink, type Downlink, type DownlinkDeps } from "./down/start-downlink.ts";
import type { AgentStore } from "../store/agent-store.ts";
import { followJournal } from "./own-stock/follow-journal.ts";
import { NO_REFERENCE, type ReferenceLine, type ReferenceStatus } from "./status.ts";
import { openReferenceInMemory, openReferenceStore } from "./store/open-reference-store.ts";
import type { ReferenceStore } from "./store/reference-store.ts";

/** The reference data of a running agent. */
export interface Reference {
  readonly store: ReferenceStore;
  readonly status: () => ReferenceStatus;
  /** How the way down stands; cheap. */
  readonly line: () => ReferenceLine;
  /** The machine has slept: asks again for everything. */
  readonly wake: () => void;
  readonly stop: () => Promise<void>;
}

/**
 * Opens the folder's reference data and keeps it up to date. A disk that does not give the file room or rights is no reason
 * to stop selling: the store is an empty one then, its status says why, and the next start tries again. Throws nothing.
 */
export function startReference(dir: string, deps: Omit<DownlinkDeps, "store"> & { readonly journal: AgentStore }): Reference {
  const now = deps.ports.wallMs;
  let store: ReferenceStore;
  try {
    store = openReferenceStore(dir, { now });
  } catch (error) {
    const code: ErrorCode = error instanceof TillsyncError ? error.code : "internal.unexpected";
    deps.log.error({ code, err: error }, "the reference data cannot be opened; sales go on without it");
    const status: ReferenceStatus = { ...NO_REFERENCE, state: "blocked", lastError: { code, at: now() } };
    const empty = openReferenceInMemory(dir, now);
    return {
      store: empty,
      status: () => status,
      line: () => ({ state: "blocked", asOfMs: null, code }),
      wake: () => undefined,
      stop: () => Promise.resolve(empty.close()),
    };
  }
  const downlink: Downlink = startDownlink({ ...deps, store });
  const ending = new AbortController();
  const following = followJournal({ ...deps, store, signal: ending.signal });
  return {
    store,
    status: () => downlink.status(),
    line: () => downlink.line(),
    wake: () => downlink.wake(),
    stop: async () => {
      ending.abort();
      await Promise.all([downlink.stop(), following]);
      store.close();
    },
  };
}

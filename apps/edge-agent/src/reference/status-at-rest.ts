import { TillsyncError } from "@tillsync/sync-protocol";
import { NO_REFERENCE, readReferenceStatus, type ReferenceStatus } from "./status.ts";
import { openReferenceStore } from "./store/open-reference-store.ts";
import type { ReferenceStore } from "./store/reference-store.ts";

/** Opens a folder's reference data beside whoever writes it. Changes nothing. Throws `data.not-found`, `data.future`, `store.*`. */
export const openReferenceToRead = (dir: string, now: () => number): ReferenceStore => openReferenceStore(dir, { now, mode: "read" });

/** What a folder's reference data tells while no agent runs. A damaged file is no failure here: it is told, and loaded again. */
export function referenceAtRest(dir: string, now: () => number): ReferenceStatus {
  try {
    const store = openReferenceToRead(dir, now);
    try {
      return readReferenceStatus(store, { state: "resting", lastError: null, asOf: new Map() });
    } finally {
      store.close();
    }
  } catch (error) {
    if (!(error instanceof TillsyncError)) throw error;
    if (error.code === "data.not-found") return NO_REFERENCE;
    return { ...NO_REFERENCE, state: "resting", lastError: { code: error.code, at: now() } };
  }
}

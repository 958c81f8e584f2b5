import type { Snapshot } from "@tillsync/edge-agent/window-api";
import { makeSnapshot, NOW_MS, type Change } from "../make-shop.ts";

/** A shop's snapshot as of now: what the fixed picture says, moved to this machine's clock. */
export function snapshotNow(change: Change = {}, nowMs: number = Date.now()): Snapshot {
  const moved = (ms: number | null): number | null => (ms === null ? null : ms - NOW_MS + nowMs);
  const snapshot = makeSnapshot(change);
  return {
    ...snapshot,
    atMs: nowMs,
    pending: { ...snapshot.pending, oldestAtMs: moved(snapshot.pending.oldestAtMs) },
    sources: snapshot.sources.map((source) => ({ ...source, lastReadAtMs: moved(source.lastReadAtMs) })),
  };
}

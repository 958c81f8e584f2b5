import type { Collection } from "@tillsync/sync-protocol";
import type { ReferenceStore } from "./reference-store.ts";

/** Calls `listener` after every commit that changed documents. Returns how to stop. It must not throw. */
export function onReferenceChanged(store: ReferenceStore, listener: (changed: ReadonlySet<Collection>) => void): () => void {
  store.listeners.add(listener);
  return () => store.listeners.delete(listener);
}

export function tellChanged(store: ReferenceStore, ...changed: readonly Collection[]): void {
  const set = new Set(changed);
  for (const listener of store.listeners) listener(set);
}

import type { AgentStore } from "../store/agent-store.ts";

/** Calls `listener` after every commit that appended entries, in this process. Returns how to stop. It must not throw. */
export function onAppended(store: AgentStore, listener: () => void): () => void {
  store.listeners.add(listener);
  return () => store.listeners.delete(listener);
}

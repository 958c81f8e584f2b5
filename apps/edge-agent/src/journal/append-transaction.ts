import type { AgentStore } from "../store/agent-store.ts";
import { appendMany, type AppendItem, type AppendOptions, type AppendOutcome } from "./append-many.ts";

/**
 * Appends one transaction, if it is new: what a till that waits for its yes gets. It is on disk when this returns; the
 * order of writes and the failures are those of `appendMany`.
 */
export function appendTransaction(store: AgentStore, item: AppendItem, options: AppendOptions = {}): AppendOutcome {
  const [outcome] = appendMany(store, [item], options);
  return outcome as AppendOutcome;
}

import type { AgentStore } from "./agent-store.ts";
import { openAgentStore } from "./open-store.ts";

/** Opens a store beside whoever writes it. Nothing is changed. Throws `data.not-found`, `data.future`, `store.*`. */
export const openToRead = (dir: string, now: () => number): AgentStore =>
  // The journal key is only needed to begin an epoch, which a reader never does.
  openAgentStore(dir, { now, journalKey: "", mode: "read" });

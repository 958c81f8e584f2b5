import type { AgentPort } from "@tillsync/edge-agent/window-api";
import { assert } from "@tillsync/sync-protocol";
import { createContext, useContext } from "react";

export const PortContext = createContext<AgentPort | undefined>(undefined);

/** The agent that this window is of. */
export function usePort(): AgentPort {
  const port = useContext(PortContext);
  assert(port !== undefined, "the window is drawn inside PortContext");
  return port;
}

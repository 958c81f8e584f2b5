import { askAgent } from "@tillsync/edge-agent/ask-agent";
import { snapshotSchema, type Snapshot } from "@tillsync/edge-agent/window-api";

/** Reads the agent's picture of itself through a door. Undefined: no agent, or one whose answer is not of this version. */
export async function askSnapshot(door: string): Promise<Snapshot | undefined> {
  return snapshotSchema.safeParse(await askAgent(door, "snapshot", {})).data;
}

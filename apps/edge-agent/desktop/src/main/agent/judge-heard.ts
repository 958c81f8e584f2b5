import { SNAPSHOT_FRESH_MS, trayState, type Snapshot } from "@tillsync/edge-agent/window-api";
import type { Shown } from "../../language/tray-sentence.ts";
import type { Heard } from "./watch-agent.ts";

/** How long "one moment" may be shown before it is called what it is: an agent that does not answer. */
export const ASKING_MAX_MS = 5_000;

export interface Times {
  readonly nowMs: number;
  readonly steadyMs: number;
}

/**
 * What is shown for what was heard. Two clocks must agree that an answer is fresh: the machine's may be set back, and the
 * steady one may stand still while the machine sleeps.
 */
export function judgeHeard(heard: Heard, { nowMs, steadyMs }: Times): Shown {
  if (heard.kind === "silent") return trayState(undefined, nowMs);
  if (heard.kind === "asking") return steadyMs - heard.sinceMs <= ASKING_MAX_MS ? { kind: "asking" } : trayState(undefined, nowMs);
  return trayState(steadyMs - heard.atMs <= SNAPSHOT_FRESH_MS ? heard.snapshot : undefined, nowMs);
}

/** What the menu may tell beside the state: nothing of an answer that does not count any more. */
export const heardSnapshot = (heard: Heard): Snapshot | undefined => (heard.kind === "answered" ? heard.snapshot : undefined);

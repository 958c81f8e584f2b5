import type { TerminalId } from "@tillsync/sync-protocol";
import type { AgentStore } from "../store/agent-store.ts";
import { OWN_STEPS_MAX, type OwnStepsAnswer } from "../window-api/own-steps.ts";
import { isToldToCloud, lastSteps, setAsideByCloud } from "./own-steps.ts";

/** The last steps of orders that were taken here, by staff or by the POS, and whether head office has them. Throws `store.*`. */
export function listOwnSteps(store: AgentStore, terminal: TerminalId | undefined): OwnStepsAnswer {
  const steps = lastSteps(store, OWN_STEPS_MAX).map((step) => ({
    orderId: step.orderId,
    status: step.status,
    revision: step.revision,
    hlc: step.hlc,
    atMs: step.atMs,
    knownToCloud: isToldToCloud(store, step),
    setAsideCode: setAsideByCloud(store, step) ?? null,
  }));
  return { terminalId: terminal ?? null, steps };
}

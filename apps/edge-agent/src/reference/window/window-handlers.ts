import type { Handlers } from "../../control/methods.ts";
import { listOwnSteps } from "../../hand-over/list-own-steps.ts";
import type { HandOverDeps } from "../../hand-over/take-step.ts";
import type { ReplicatorPorts } from "../../replicator/ports.ts";
import type { ReferenceStore } from "../store/reference-store.ts";
import { pullForWindow } from "./pull-for-window.ts";
import { pushFromWindow } from "./push-from-window.ts";
import { waitForWindow } from "./wait-for-window.ts";

export interface WindowDeps extends HandOverDeps {
  readonly reference: ReferenceStore;
  readonly ports: Pick<ReplicatorPorts, "setTimer">;
  /** Aborts when the agent stops: windows that wait are answered then. */
  readonly signal: AbortSignal;
}

/** Reference data for windows: the cloud's replication as methods of the control socket, scoped as this terminal is. */
export function windowHandlers(
  deps: WindowDeps,
): Pick<Handlers, "reference-pull" | "reference-wait" | "reference-push" | "order-steps-here"> {
  return {
    "reference-pull": (request) => pullForWindow(deps.reference, request),
    "reference-wait": (request, gone) => {
      const signal = gone === undefined ? deps.signal : AbortSignal.any([deps.signal, gone]);
      return waitForWindow({ store: deps.reference, ports: deps.ports, signal }, request);
    },
    "reference-push": ({ collection, rows }) => pushFromWindow(deps, collection, rows),
    "order-steps-here": () => listOwnSteps(deps.store, deps.terminal()?.terminal),
  };
}

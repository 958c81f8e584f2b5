import type { OwnStepsAnswer, OwnStepShown } from "@tillsync/edge-agent/window-api";
import { tellOrderFact, terminalId, type HandOverOrder } from "@tillsync/sync-protocol";
import type { LiveDocument } from "../live/live-collections.ts";

/** An order as staff must see it. */
export interface OrderHere {
  readonly id: string;
  /** As the agent's file has it: what a step is asked for. */
  readonly row: LiveDocument<"orders">;
  /** With the steps that were taken at this terminal. */
  readonly order: HandOverOrder;
  readonly steps: readonly OwnStepShown[];
  /** A step was taken here that head office does not have yet. */
  readonly isUntold: boolean;
  /** Head office has set a step of this terminal aside, under this code. */
  readonly setAsideCode: string | null;
}

const NONE: readonly OwnStepShown[] = [];

/** Steps by their order, in the order in which they were taken. */
export function stepsByOrder(answer: OwnStepsAnswer | undefined): ReadonlyMap<string, readonly OwnStepShown[]> {
  return Map.groupBy((answer?.steps ?? NONE).toReversed(), ({ orderId }) => orderId);
}

/**
 * Joins what head office last told of an order with what was done here. Telling a step twice changes nothing, so that it
 * does not matter which of them head office knows; and nothing goes back.
 */
export function standHere(
  row: LiveDocument<"orders">,
  steps: readonly OwnStepShown[] = NONE,
  terminal: string | null | undefined = null,
): OrderHere {
  const order = steps.reduce(
    (known, { status, revision, hlc }) =>
      tellOrderFact(known, {
        status,
        ...(status === "picked" ? { pickedRevision: revision } : {}),
        ...(status === "fulfilled" && typeof terminal === "string" ? { handOver: { terminal: terminalId(terminal), at: hlc } } : {}),
      }),
    row.document,
  );
  return {
    id: row.id,
    row,
    order,
    steps,
    isUntold: steps.some(({ knownToCloud }) => !knownToCloud),
    setAsideCode: steps.findLast(({ setAsideCode }) => setAsideCode !== null)?.setAsideCode ?? null,
  };
}

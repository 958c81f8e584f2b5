import { tellOrderFact, type HandOverOrder, type TerminalId } from "@tillsync/sync-protocol";
import type { OwnStep } from "./own-steps.ts";

/**
 * An order as this till must see it: what the cloud tells of it, joined with the steps that were taken here and that the
 * cloud may not know yet. Telling it a step twice changes nothing, so that it does not matter which of them it knows.
 */
export function standHere(order: HandOverOrder, steps: readonly OwnStep[], terminal: TerminalId | undefined): HandOverOrder {
  return steps.reduce(
    (known, { status, revision, hlc }) =>
      tellOrderFact(known, {
        status,
        ...(status === "picked" ? { pickedRevision: revision } : {}),
        ...(status === "fulfilled" && terminal !== undefined ? { handOver: { terminal, at: hlc } } : {}),
      }),
    order,
  );
}

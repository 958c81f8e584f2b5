import { moveOrder, type OrderStatus } from "@tillsync/sync-protocol";
import type { StepOutcome } from "../live/steps.ts";
import type { OrderHere } from "./stand-here.ts";

/**
 * Why a step was not taken, for people. `gone`: the order is no longer on this store's list. `changed`: it was another
 * order by then. `already`, `further`: it stands there, or beyond. `forbidden`: goods of it may not move like this.
 */
export type Refusal =
  | { readonly kind: "gone" | "changed" }
  | { readonly kind: "already" | "further" | "forbidden"; readonly status: OrderStatus }
  | { readonly kind: "code"; readonly code: string };

/** Codes that say no more than what the order itself shows better. */
const SHOWN_BY_ORDER: ReadonlySet<string> = new Set(["order.changed", "order.step-refused"]);

/** `here`: what the agent answered, with this terminal's steps. */
export function refusalOf(wanted: OrderStatus, outcome: StepOutcome & { kind: "refused" }, here: OrderHere | undefined): Refusal {
  const { code, standing } = outcome;
  if (code !== undefined && !SHOWN_BY_ORDER.has(code)) return { kind: "code", code };
  if (standing === undefined) return { kind: "gone" };
  const status = here?.order.status ?? standing.status;
  switch (moveOrder(status, { status: wanted, tellsMore: false }).kind) {
    case "repeated":
      return { kind: "already", status };
    case "stale":
      return { kind: "further", status };
    case "forbidden":
      return { kind: "forbidden", status };
    case "applied":
      return { kind: "changed" };
  }
}

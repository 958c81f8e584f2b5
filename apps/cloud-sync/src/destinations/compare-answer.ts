import { isRetail, type Amount } from "@tillsync/sync-protocol";
import type { DeliveryItem, LookUpResult } from "../connectors/connector.ts";
import { planDocuments } from "../connectors/documents/plan-documents.ts";
import type { Whereabouts } from "./reconcile.ts";

/** States of which a destination is asked: what it should have, and what it may have without our knowing. */
export const askedStates = ["delivered", "uncertain", "parked", "retrying"] as const satisfies readonly Whereabouts[];
export type AskedState = (typeof askedStates)[number];

export const differenceKinds = [
  "missing at destination",
  "different total",
  "unfinished",
  "foreign",
  "there though not acknowledged",
] as const;
export type DifferenceKind = (typeof differenceKinds)[number];

export interface Money {
  readonly amount: Amount;
  readonly currency: string;
}

export type Comparison =
  | { readonly kind: "same" }
  | { readonly kind: "different"; readonly what: DifferenceKind; readonly vendorId?: string; readonly total?: Money }
  /** No answer that says anything about the receipt. */
  | { readonly kind: "unanswered"; readonly detail: string };

/**
 * What a destination's answer says about a receipt that we count as `state`. Only what is counted as delivered must be
 * there; of the rest it is told that it is there all the same. Pure.
 */
export function compareAnswer(state: AskedState, ours: Money | undefined, answer: LookUpResult): Comparison {
  switch (answer.kind) {
    case "found": {
      const { vendorId, total } = answer;
      const theirs = { vendorId, ...(total === undefined ? {} : { total }) };
      if (state !== "delivered") return { kind: "different", what: "there though not acknowledged", ...theirs };
      const differs = total !== undefined && ours !== undefined && (total.amount !== ours.amount || total.currency !== ours.currency);
      return differs ? { kind: "different", what: "different total", ...theirs } : { kind: "same" };
    }
    case "absent":
      return state === "delivered" ? { kind: "different", what: "missing at destination" } : { kind: "same" };
    case "unfinished":
      return { kind: "different", what: "unfinished", vendorId: answer.vendorId };
    case "foreign":
      return { kind: "different", what: "foreign" };
    case "nothing":
      return { kind: "unanswered", detail: `by today's configuration there is nothing in it for this destination: ${answer.reason}` };
    case "mapping-missing":
      return { kind: "unanswered", detail: answer.missing.map(({ table, code }) => `${table}: ${code}`).join(", ") };
    case "theirs":
    case "rejected":
    case "set-up":
    case "uncertain":
      return { kind: "unanswered", detail: answer.detail };
  }
}

/**
 * The total that the item's own document must have at the destination; undefined when it has none of its own there (a
 * void, a revision that only takes back) or none that is comparable.
 */
export function ownTotal(item: DeliveryItem): Money | undefined {
  const { transaction } = item;
  const posts = planDocuments(item).some(({ role }) => role === "post");
  if (!posts || !isRetail(transaction)) return undefined;
  return { amount: transaction.reported.grand ?? transaction.computed.grand, currency: transaction.currency };
}

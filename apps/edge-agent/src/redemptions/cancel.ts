import type { RedemptionId } from "@tillsync/sync-protocol";
import { inTransaction } from "../store/in-transaction.ts";
import type { CancelOutcome } from "./outcomes.ts";
import { findRedemption, insertRedemption, settleRedemption, viewOf } from "./redemption-rows.ts";
import type { AgentStore } from "../store/agent-store.ts";

/**
 * Takes a reservation back. An id that is unknown is kept as cancelled: the POS gave up before its own reservation
 * arrived, and that one must not hold anything when it comes after all.
 */
export function cancel(store: AgentStore, redemptionId: RedemptionId): CancelOutcome {
  return inTransaction(store, () => {
    const row = findRedemption(store, redemptionId);
    if (row?.state === "committed") return { kind: "committed", ...viewOf(row) };
    if (row === undefined) insertRedemption(store, unknown(store, redemptionId));
    else settleRedemption(store, redemptionId, "cancelled", row.sale_ref);
    return { kind: "cancelled", redemptionId };
  });
}

const unknown = (store: AgentStore, id: RedemptionId) => ({
  id,
  kind: "redeemed" as const,
  state: "cancelled" as const,
  account: "",
  unit: "",
  amount: 0,
  at_risk: 0,
  policy: null,
  epoch: store.end.epoch,
  of_id: null,
  sale_ref: null,
  store: "",
  workstation: "",
  business_day: "",
});

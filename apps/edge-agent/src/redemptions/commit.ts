import { assert, epoch as epochNumber, TillsyncError, type Amount, type StoredValue } from "@tillsync/sync-protocol";
import { appendMany } from "../journal/append-many.ts";
import { inTransaction } from "../store/in-transaction.ts";
import type { AgentStore } from "../store/agent-store.ts";
import { enrolledAs } from "./context.ts";
import { entryItem } from "./entry-item.ts";
import { addToLease } from "./lease-rows.ts";
import type { CommitOutcome } from "./outcomes.ts";
import { accountOfKey, findRedemption, settleRedemption, viewOf, type RedemptionRow } from "./redemption-rows.ts";
import type { RedemptionDeps } from "./redemptions.ts";
import type { CommitRequest } from "./requests.ts";

/**
 * Uses a reservation up: journal entry, lease and reservation change in one transaction, which is on disk when this
 * returns. Throws `quota.redemption-unknown`, `quota.epoch-ended` (it was promised from rights of an earlier life, which
 * another copy of this disk may have used: nothing is written and the reservation is given up), `store.*`.
 */
export function commit(deps: RedemptionDeps, request: CommitRequest): CommitOutcome {
  const { store } = deps;
  const row = findRedemption(store, request.redemptionId);
  if (row === undefined) throw new TillsyncError("quota.redemption-unknown", request.redemptionId);
  if (row.kind !== "redeemed") throw new TillsyncError("quota.redemption-differs", row.id);
  if (row.state === "cancelled") return { kind: "cancelled", redemptionId: row.id };
  if (row.state === "committed") return { kind: "committed", ...viewOf(row) };
  if (row.epoch !== store.end.epoch) {
    inTransaction(store, () => settleRedemption(store, row.id, "cancelled", row.sale_ref));
    throw new TillsyncError("quota.epoch-ended", `reserved in ${row.epoch}, now ${store.end.epoch}`);
  }
  const saleRef = request.saleRef ?? row.sale_ref;
  const item = entryItem(enrolledAs(deps).terminal, placeOfRow(row), valueOf(row, saleRef));
  appendMany(store, [item], {
    alongside: ([outcome]) => {
      assert(outcome?.kind === "appended", "a reservation is used up once");
      useUp(store, row, saleRef);
    },
  });
  return { kind: "committed", ...viewOf(row) };
}

function useUp(store: AgentStore, row: RedemptionRow, saleRef: string | null): void {
  settleRedemption(store, row.id, "committed", saleRef);
  addToLease(store, row, { used: BigInt(row.amount - row.at_risk) });
}

const placeOfRow = (row: RedemptionRow) => ({ store: row.store, workstation: row.workstation, businessDay: row.business_day });

function valueOf(row: RedemptionRow, saleRef: string | null): StoredValue {
  assert(row.policy !== null, "a redemption has its cover");
  return {
    kind: "redeemed",
    account: accountOfKey(row.account),
    amount: String(row.amount) as Amount,
    unit: row.unit,
    redemptionId: row.id,
    epoch: epochNumber(row.epoch),
    policy: row.policy,
    ...(row.at_risk > 0 ? { atRisk: String(row.at_risk) as Amount } : {}),
    ...(saleRef === null ? {} : { saleRef }),
  };
}

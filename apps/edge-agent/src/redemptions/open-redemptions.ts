import {
  accountKey,
  availableOf,
  NO_LEASE,
  redemptionIdSchema,
  TillsyncError,
  type Amount,
  type QuotaAnswer,
} from "@tillsync/sync-protocol";
import { inTransaction } from "../store/in-transaction.ts";
import { book } from "./book.ts";
import { cancel } from "./cancel.ts";
import { commit } from "./commit.ts";
import { giveBackRecalled } from "./give-back.ts";
import { mergeGrant, presentLease, reservedOf } from "./lease-rows.ts";
import { openReservations } from "./open-reservations.ts";
import type { RedemptionDeps, Redemptions } from "./redemptions.ts";
import { reserve } from "./reserve.ts";
import { takeQuotas } from "./take-quotas.ts";

/** The terminal's side of the bounded counters, over the journal's own database. */
export function openRedemptions(deps: RedemptionDeps): Redemptions {
  /** What a settled reservation frees goes back where it is wanted. The outcome stands, whatever becomes of that. */
  const settled = <T>(outcome: T): T => {
    try {
      giveBackRecalled(deps);
    } catch (error) {
      if (!(error instanceof TillsyncError)) throw error;
    }
    return outcome;
  };
  return {
    reserve: (request) => reserve(deps, request),
    commit: (request) => settled(commit(deps, request)),
    cancel: (redemptionId) => settled(cancel(deps.store, redemptionIdSchema.parse(redemptionId))),
    refund: (request) => book(deps, "refunded", request),
    topUp: (request) => book(deps, "toppedUp", request),
    open: () => openReservations(deps.store),
    view: (account) => {
      const key = accountKey(account);
      const { epoch } = deps.store.end;
      const lease = presentLease(deps.store, key);
      const reserved = reservedOf(deps.store, key, epoch);
      const available = availableOf(lease ?? NO_LEASE, reserved);
      return { account, unit: lease?.unit ?? null, available: String(available) as Amount, reserved: String(reserved) as Amount };
    },
    takeQuotas: (documents) => {
      for (const reminder of takeQuotas(deps, documents)) void deps.ask(reminder).then((answer) => keepAnswer(deps, answer));
      giveBackRecalled(deps);
    },
  };
}

function keepAnswer({ store }: RedemptionDeps, answer: QuotaAnswer | "offline" | "refused"): void {
  if (typeof answer === "string" || !store.db.open) return;
  const of = { account: accountKey(answer.account), epoch: answer.epoch, unit: answer.unit, granted: BigInt(answer.granted) };
  inTransaction(store, () => mergeGrant(store, of, undefined));
}

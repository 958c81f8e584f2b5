import type { Account, Amount } from "@tillsync/sync-protocol";

/** What stands under a redemption's id. */
export interface RedemptionView {
  readonly redemptionId: string;
  readonly account: Account;
  readonly amount: Amount;
  readonly unit: string;
  readonly policy: "leased" | "asked" | "atRisk" | null;
  /** The part of `amount` that nobody has promised: the store's risk. */
  readonly atRisk: Amount;
}

export interface Cancelled {
  readonly kind: "cancelled";
  readonly redemptionId: string;
}

export interface Declined {
  readonly kind: "declined";
  /** `short`: not covered, by no policy. `blocked`, `expired`: the card may not be used. */
  readonly reason: "short" | "blocked" | "expired";
  /** What this terminal can promise of the account by itself. */
  readonly available: Amount;
  /** What the cloud said when it was asked just now: its balance, and what it could still hand out. */
  readonly cloud: { readonly balance: Amount; readonly free: Amount; readonly recalling: boolean } | "offline" | "refused" | "not-asked";
}

/** `reserved` again and again for the same request; after the end `committed` or `cancelled`. */
export type ReserveOutcome = (RedemptionView & { readonly kind: "reserved" | "committed" }) | Cancelled | Declined;

/** `committed`: it is in the journal and on disk. `cancelled`: it was taken back before; nothing is written. */
export type CommitOutcome = (RedemptionView & { readonly kind: "committed" }) | Cancelled;

/** `committed`: too late, it stands; refund it. */
export type CancelOutcome = Cancelled | (RedemptionView & { readonly kind: "committed" });

/** A refund or a top-up that is in the journal and on disk, now or since an earlier call. */
export type BookedOutcome = RedemptionView & { readonly kind: "committed" };

/** What this terminal can promise of an account while it is alone. */
export interface AccountView {
  readonly account: Account;
  /** Null: the terminal was never granted anything of it. */
  readonly unit: string | null;
  readonly available: Amount;
  readonly reserved: Amount;
}

/** A reservation that nobody has settled: what `status` shows, and what a person may cancel. */
export interface OpenReservation extends RedemptionView {
  readonly ageMs: number;
  /** Made in an earlier life of this terminal: it can only be cancelled. */
  readonly isStale: boolean;
}

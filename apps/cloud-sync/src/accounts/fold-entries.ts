import { accountKey, assert, refundedOf, type StoredValue } from "@tillsync/sync-protocol";
import { leaseOf, putLease, type AccountState, type RedemptionSums } from "./account-state.ts";

/** An entry about an account, as the transaction log has it. */
export interface AccountEntry {
  readonly shard: string;
  readonly tpos: number;
  readonly revision: number;
  readonly terminal: string;
  readonly receivedAtMs: number;
  readonly value: StoredValue;
}

export interface FoldedEntry extends AccountEntry {
  readonly outcome: "counted" | "revised" | "unit-wrong";
}

/**
 * Counts entries into their accounts, in the order of the log. Sums and larger-ofs alone: any order of the same entries
 * ends in the same counts. What an entry is worth does not depend on whether its terminal had the rights for it: it has
 * happened. Of a terminal's own journal the epoch that an entry names is whose rights were used.
 */
export function foldEntries(states: ReadonlyMap<string, AccountState>, entries: readonly AccountEntry[]): FoldedEntry[] {
  return entries.map((entry) => {
    const state = states.get(accountKey(entry.value.account));
    assert(state !== undefined, "accounts of a page are loaded");
    return { ...entry, outcome: foldOne(state, entry) };
  });
}

function foldOne(state: AccountState, entry: AccountEntry): FoldedEntry["outcome"] {
  const { value } = entry;
  if (entry.revision > 1) return "revised";
  if (state.unit === "") state.unit = value.unit;
  if (state.unit !== value.unit) return "unit-wrong";
  const amount = BigInt(value.amount);
  if (value.kind === "toppedUp") state.credits += amount;
  else if (value.kind === "refunded") countRefund(state, value, amount);
  else {
    const lease = leaseOf(state, entry.terminal, value.epoch);
    const risk = BigInt(value.atRisk ?? 0);
    if (value.kind === "returned") putLease(state, { ...lease, returned: lease.returned + amount });
    else {
      if (amount > risk) putLease(state, { ...lease, used: lease.used + amount - risk });
      state.risk += risk;
      changeSums(state, value.redemptionId, { redeemed: amount, refunds: 0n });
    }
  }
  return "counted";
}

/** Of a refund that names its redemption no more counts than was redeemed; one that names none is the shop's word. */
function countRefund(state: AccountState, value: StoredValue, amount: bigint): void {
  if (value.of === undefined) state.credits += amount;
  else changeSums(state, value.of, { redeemed: 0n, refunds: amount });
}

function changeSums(state: AccountState, redemption: string, more: RedemptionSums): void {
  const before = state.redemptions.get(redemption);
  assert(before !== undefined, "redemptions of a page are loaded");
  const after = { redeemed: before.redeemed + more.redeemed, refunds: before.refunds + more.refunds };
  state.redemptions.set(redemption, after);
  state.credits += refundedOf(after.redeemed, after.refunds) - refundedOf(before.redeemed, before.refunds);
}

import type { Account, QuotaAnswer, QuotaAsk, QuotaPolicy, StoreId, TerminalId, WireDocument } from "@tillsync/sync-protocol";
import type { AgentStore } from "../store/agent-store.ts";
import type { AccountView, BookedOutcome, CancelOutcome, CommitOutcome, OpenReservation, ReserveOutcome } from "./outcomes.ts";
import type { CommitRequest, RefundRequest, ReserveRequest, TopUpRequest } from "./requests.ts";

/**
 * Points, gift cards and promised goods at this terminal. Every call may be repeated: the same id with the same content
 * gives the same answer, and with another one `quota.redemption-differs`. Nothing here ends by a clock. All but `reserve`
 * are done when they return, on disk. Throws `quota.*` of the catalogue and `store.*`.
 */
export interface Redemptions {
  /** Promises an amount, or says why not. May ask the cloud, which takes `ASK_DEADLINE_MS` at most. */
  reserve(request: ReserveRequest): Promise<ReserveOutcome>;
  /** The goods are handed over: uses the amount up. Only after this returned may the POS rely on it. */
  commit(request: CommitRequest): CommitOutcome;
  /** Takes a promise back. An id that is not known yet is refused from then on: a reservation that comes late finds it. */
  cancel(redemptionId: string): CancelOutcome;
  refund(request: RefundRequest): BookedOutcome;
  topUp(request: TopUpRequest): BookedOutcome;
  view(account: Account): AccountView;
  open(): OpenReservation[];
  /** Documents of the collection `quotas`, in any order and as often as they come. */
  takeQuotas(documents: readonly WireDocument[]): void;
}

export interface RedemptionDeps {
  readonly store: AgentStore;
  /** Who this terminal is; undefined until it is enrolled. */
  readonly terminal: () => { readonly terminal: TerminalId; readonly store: StoreId } | undefined;
  /** What the shop wants for this kind of account, as far as it is known here. */
  readonly policy: (kind: Account["kind"]) => QuotaPolicy;
  /** Whether the account may be used at all, as far as it is known here. */
  readonly standing: (account: Account) => "usable" | "blocked" | "expired";
  /** Asks the cloud. `refused`: it answered, and not with a count. Never rejects. */
  readonly ask: (ask: QuotaAsk) => Promise<QuotaAnswer | "offline" | "refused">;
}

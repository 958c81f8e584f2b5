import type { Random } from "./random.ts";
import type { StoreProfile } from "./store-profile.ts";
import type { Header, ItemLine, Receipt, ReceiptLink, TenderKind, TillTransaction } from "./till-transaction.ts";
import { counts } from "./till-transaction.ts";

/** A finished sale that a customer may bring back, once. */
export interface Returnable {
  readonly link: ReceiptLink;
  readonly items: readonly ItemLine[];
}

/** What a till knows during its day. */
export interface TillState {
  readonly random: Random;
  readonly profile: StoreProfile;
  readonly store: string;
  readonly workstation: string;
  readonly businessDay: string;
  readonly operator: string;
  /** Seconds between the ends of two transactions, at most. */
  readonly paceSeconds: number;
  sequence: number;
  /** Seconds since midnight of the business day; may pass midnight. */
  clock: number;
  readonly returnable: Returnable[];
  readonly voidable: Receipt[];
  readonly parked: { link: ReceiptLink; items: ItemLine[] }[];
  receipts: number;
  grand: bigint;
  readonly byTender: Map<TenderKind, bigint>;
}

/** Takes the next number and lets some time pass. */
export function nextHeader(state: TillState): Header {
  state.sequence += 1;
  const begin = state.clock + state.random.int(0, Math.floor(state.paceSeconds / 2));
  const end = begin + state.random.int(0, Math.ceil(state.paceSeconds / 2));
  state.clock = end;
  return {
    store: state.store,
    workstation: state.workstation,
    businessDay: state.businessDay,
    sequence: state.sequence,
    begin: wallClock(state.businessDay, begin),
    end: wallClock(state.businessDay, end),
    operator: state.operator,
    currency: state.profile.currency,
    exponent: state.profile.exponent,
  };
}

/** `2026-03-01T09:00:00`, `seconds` after midnight of `day`; past midnight it shows the next date, as a till does. */
const wallClock = (day: string, seconds: number): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + seconds * 1_000).toISOString().slice(0, 19);

export const linkTo = ({ store, workstation, businessDay, sequence }: Header): ReceiptLink => ({
  store,
  workstation,
  businessDay,
  sequence,
});

/** Adds a transaction to the till's own totals, the ones its Z report prints. */
export function remember(state: TillState, transaction: TillTransaction): void {
  if (!counts(transaction)) return;
  state.receipts += 1;
  state.grand += transaction.grand;
  for (const tender of transaction.tenders) state.byTender.set(tender.kind, (state.byTender.get(tender.kind) ?? 0n) + tender.amount);
}

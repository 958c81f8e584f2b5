import {
  identitySchema,
  type BusinessDay,
  type Identity,
  type OrderStatus,
  type Pseudonym,
  type Transaction,
} from "@tillsync/sync-protocol";
import type { Random } from "../random.ts";
import type { DraftReceipt } from "./build-receipt.ts";
import type { DraftLine } from "./draw-lines.ts";
import type { Ledger } from "./ledger.ts";

export interface TradingDayOptions {
  readonly seed: string | number;
  /** Plain sales; returns, exchanges, voids, revisions, orders and all the rest come on top, by their shares. */
  readonly sales: number;
  /** The POS's own numbers. Default store `0301`, tills `1` (prices with tax) and `2` (a trade counter with net prices). */
  readonly store?: string;
  readonly workstations?: readonly [string, ...string[]];
  /** `2026-11-20`, the default. */
  readonly businessDay?: string;
}

/** What a record of the day is. `revision` is another content under the key of a receipt that came before. */
export const dayKinds = [
  "sale",
  "pickup",
  "return",
  "blindReturn",
  "exchange",
  "postVoid",
  "order",
  "orderStatus",
  "memberChange",
  "training",
  "cancelled",
  "suspended",
  "stock",
  "storeOpen",
  "dayClose",
] as const;
export type DayKind = (typeof dayKinds)[number];

/** One captured record, in the order in which the cloud hears of them. */
export interface DayEntry {
  readonly kind: DayKind;
  readonly naturalKey: string;
  /** From 1; above it, another content of a receipt that came before. */
  readonly revision: number;
  readonly transaction: Transaction;
}

/** A receipt that something may still happen to. */
export interface OpenReceipt {
  draft: DraftReceipt;
  readonly kind: DayKind;
  revision: number;
  /** Indexes of lines that came back. */
  readonly returned: Set<number>;
  state: "standing" | "gone";
}

/** What will happen to an order. `late`: an earlier step again, which turns nothing back. */
export interface OrderPlan {
  readonly status: OrderStatus | "pickup";
  readonly late?: true;
  readonly goods?: readonly DraftLine[];
  readonly tracking?: string;
  readonly reason?: string;
}

export interface OpenOrder {
  readonly orderId: string;
  readonly lines: readonly DraftLine[];
  /** In order; the next one first. */
  readonly plans: OrderPlan[];
}

/** Where an order stands, and how many of its steps a destination that takes them is sent. */
export interface OrderState {
  readonly status: OrderStatus;
  readonly sent: number;
}

/** What was told of a member in the course of the day, the last word on each. */
export interface MemberState {
  readonly kind: "enrolled" | "updated" | "left";
  readonly tier?: string;
  readonly consents?: Readonly<Record<string, boolean>>;
}

export interface DayState {
  readonly random: Random;
  readonly store: string;
  readonly workstations: readonly [string, ...string[]];
  readonly businessDay: BusinessDay;
  /** Seconds from one record to the next, at most. */
  readonly paceSeconds: number;
  clock: number;
  readonly sequences: Map<string, number>;
  readonly receipts: OpenReceipt[];
  readonly openOrders: OpenOrder[];
  readonly orders: Map<string, OrderState>;
  /** Who joined today, in order. */
  readonly enrolled: Pseudonym[];
  readonly members: Map<string, MemberState>;
  /** Points that each member has paid with today. */
  readonly redeemed: Map<string, number>;
  readonly ledger: Ledger;
}

/** The next number of a till, and when: what every record begins with. */
export function nextRecord(state: DayState, workstation = state.random.pick(state.workstations)): { identity: Identity; end: string } {
  const sequence = (state.sequences.get(workstation) ?? 0) + 1;
  state.sequences.set(workstation, sequence);
  state.clock += state.random.int(1, state.paceSeconds);
  const { store, businessDay } = state;
  return {
    identity: identitySchema.parse({ store, workstation, businessDay, sequence: String(sequence) }),
    end: new Date(Date.parse(`${businessDay}T00:00:00Z`) + state.clock * 1_000).toISOString().slice(0, 19),
  };
}

/** The second till is a trade counter: its prices are net. */
export const pricesIncludeTax = (state: DayState, workstation: string): boolean => workstation !== state.workstations[1];

import { businessDaySchema, naturalKey, type Transaction } from "@tillsync/sync-protocol";
import { seededRandom } from "../random.ts";
import { closeDay, moveStock, openStore } from "./back-office.ts";
import { buildReceipt, type DraftReceipt } from "./build-receipt.ts";
import type { DayEntry, DayKind, DayState, TradingDayOptions } from "./day-state.ts";
import { changeMember, loseMember } from "./change-members.ts";
import { openLedger, type ExpectedDay } from "./ledger.ts";
import { stepOrder, takeOrder } from "./orders.ts";
import { planMoments, type Moment } from "./plan-moments.ts";
import { sell } from "./sell.ts";
import { correct, corrections, postVoid, takeBlindReturn, takeReturn } from "./take-back.ts";

const OPENING_SECONDS = 8 * 3_600;
const DAY_SECONDS = 12 * 3_600;

export interface TradingDay {
  /** In the order in which the cloud hears of them; of one till in the order of its numbers, but for later revisions. */
  readonly entries: readonly DayEntry[];
  readonly expected: ExpectedDay;
}

/** One store's day as canonical transactions, with what every system must hold after it. The same options give the same day. */
export function tradingDay(options: TradingDayOptions): TradingDay {
  const state = openDay(options);
  const entries: DayEntry[] = [];
  const note = (kind: DayKind, transaction: Transaction, revision = 1): void => {
    const entry: DayEntry = { kind, naturalKey: naturalKey(transaction.identity), revision, transaction };
    state.ledger.note(entry);
    entries.push(entry);
  };
  note("storeOpen", openStore(state));
  for (const moment of planMoments(state.random, options.sales)) act(state, moment, note);
  for (const transaction of loseMember(state)) note("memberChange", transaction);
  for (const transaction of closeDay(state)) note("dayClose", transaction);
  return { entries, expected: state.ledger.read(state) };
}

function openDay(options: TradingDayOptions): DayState {
  const store = options.store ?? "0301";
  const businessDay = businessDaySchema.parse(options.businessDay ?? "2026-11-20");
  return {
    random: seededRandom(`${options.seed}/${store}/${businessDay}`),
    store,
    workstations: options.workstations ?? ["1", "2"],
    businessDay,
    paceSeconds: Math.max(1, Math.min(180, Math.floor(DAY_SECONDS / (options.sales * 1.4 + 12)))),
    clock: OPENING_SECONDS,
    sequences: new Map(),
    receipts: [],
    openOrders: [],
    orders: new Map(),
    enrolled: [],
    members: new Map(),
    redeemed: new Map(),
    ledger: openLedger(),
  };
}

type Note = (kind: DayKind, transaction: Transaction, revision?: number) => void;

function act(state: DayState, moment: Moment, note: Note): void {
  /** Books a draft; undefined: there was nothing that it could have happened to. */
  const book = (kind: DayKind, draft: DraftReceipt | undefined): void => {
    if (draft === undefined) return;
    note(kind, buildReceipt(draft));
    if (draft.status === "completed" && draft.type === "RetailTransaction" && draft.training === undefined)
      state.receipts.push({ draft, kind, revision: 1, returned: new Set(), state: "standing" });
  };
  switch (moment) {
    case "sale":
      return book("sale", sell(state));
    case "return":
    case "exchange":
      return book(moment, takeReturn(state, moment === "exchange"));
    case "blindReturn":
      return book("blindReturn", takeBlindReturn(state));
    case "postVoid":
      return book("postVoid", postVoid(state));
    case "revision":
      return revise(state, note);
    case "order":
    case "orderStep": {
      const told = moment === "order" ? takeOrder(state) : stepOrder(state);
      if (told?.kind === "step") return note("orderStatus", told.transaction);
      return book(moment === "order" ? "order" : "pickup", told?.draft);
    }
    case "memberChange":
      return note("memberChange", changeMember(state));
    case "stock":
      return note("stock", moveStock(state));
    case "training":
      return book("training", { ...sell(state), training: true });
    case "cancelled":
    case "suspended":
      return book(moment, { ...sell(state), status: moment, tenders: [] });
  }
}

function revise(state: DayState, note: Note): void {
  const receipt = correct(state, state.random.pick(corrections));
  if (receipt !== undefined) note(receipt.kind, buildReceipt(receipt.draft), receipt.revision);
}

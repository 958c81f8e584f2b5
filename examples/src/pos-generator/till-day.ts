import {
  completeReceipt,
  makeBlindReturn,
  makeDiscountedSale,
  makePostVoid,
  makeSale,
  makeSaleWithLineVoid,
  makeUnfinished,
  returnedItems,
} from "./make-receipt.ts";
import { planDay, type Moment } from "./plan-day.ts";
import { seededRandom } from "./random.ts";
import { ringUp } from "./ring-up.ts";
import { STORE_PROFILES, type StyleName } from "./store-profile.ts";
import type { ControlEvent, MoneyMovement, TillTransaction } from "./till-transaction.ts";
import { nextHeader, remember, type Returnable, type TillState } from "./till-state.ts";

export interface TillDayOptions {
  readonly seed: string | number;
  readonly store: string;
  readonly workstation: string;
  /** `2026-03-01` */
  readonly businessDay: string;
  /** `us`: dollars, tax on top. `eu`: euro, tax in the price. */
  readonly style: StyleName;
  /** How many receipts that count; the day has some more records around them. */
  readonly sales: number;
  /** Sales that may come back at this till. Give two tills the same list, and customers return goods at either. */
  readonly returnable?: Returnable[];
}

const OPENING_SECONDS = 8 * 3_600;
const DAY_SECONDS = 14 * 3_600;
const BIG_BASKET_LINES = 100;

/**
 * One till's business day, from sign-on to the Z report. The same options give the same day, to the cent; a day that
 * shares its `returnable` list also depends on the order in which the tills are drawn from.
 */
export function* tillDay(options: TillDayOptions): Generator<TillTransaction, void> {
  const random = seededRandom(`${options.seed}/${options.store}/${options.workstation}/${options.businessDay}`);
  const plan = planDay(random, options.sales);
  const state: TillState = {
    random,
    profile: STORE_PROFILES[options.style],
    store: options.store,
    workstation: options.workstation,
    businessDay: options.businessDay,
    operator: String(random.int(100, 999)),
    paceSeconds: Math.min(180, Math.floor(DAY_SECONDS / (plan.length + 5))),
    sequence: 0,
    clock: OPENING_SECONDS,
    returnable: options.returnable ?? [],
    voidable: [],
    parked: [],
    receipts: 0,
    grand: 0n,
    byTender: new Map(),
  };
  yield control(state, "signOn");
  yield money(state, "paidIn", 20_000n, "Opening float");
  for (const moment of plan) {
    const transaction = act(state, moment);
    remember(state, transaction);
    yield transaction;
  }
  yield control(state, "signOff");
  yield zReport(state);
}

function act(state: TillState, moment: Moment): TillTransaction {
  switch (moment) {
    case "sale":
      return makeSale(state);
    case "bigBasket":
      return makeSale(state, BIG_BASKET_LINES);
    case "lineVoid":
      return makeSaleWithLineVoid(state);
    case "receiptDiscount":
      return makeDiscountedSale(state);
    case "return":
    case "exchange":
      return makeReturn(state, moment);
    case "blindReturn":
      return makeBlindReturn(state);
    case "postVoid":
      return makePostVoid(state) ?? makeSale(state);
    case "suspend":
      return makeUnfinished(state, "suspended");
    case "cancel":
      return makeUnfinished(state, "cancelled");
    case "resume":
      return resume(state);
    case "training":
      return completeReceipt(state, { items: ringUp(state.random, state.profile, state.random.int(1, 4)), training: true });
    case "noSale":
      return control(state, "noSale");
    case "paidIn":
    case "paidOut":
      return money(state, moment, BigInt(state.random.int(5, 80)) * 100n, moment === "paidIn" ? "Change from safe" : "Window cleaner");
  }
}

function makeReturn(state: TillState, moment: "return" | "exchange"): TillTransaction {
  const returned = returnedItems(state);
  if (returned === undefined) return makeSale(state);
  const bought = moment === "exchange" ? ringUp(state.random, state.profile, state.random.int(1, 3)) : [];
  return completeReceipt(state, { items: [...returned, ...bought] });
}

function resume(state: TillState): TillTransaction {
  const parked = state.parked.shift();
  if (parked === undefined) return makeSale(state);
  return completeReceipt(state, { items: parked.items, resumes: parked.link });
}

const control = (state: TillState, kind: "signOn" | "signOff" | "noSale"): ControlEvent => ({
  type: "control",
  header: nextHeader(state),
  kind,
});

const money = (state: TillState, kind: "paidIn" | "paidOut", amount: bigint, reason: string): MoneyMovement => ({
  type: "money",
  header: nextHeader(state),
  kind,
  amount,
  reason,
});

function zReport(state: TillState): ControlEvent {
  const header = nextHeader(state);
  const number = Math.floor(Date.parse(`${state.businessDay}T00:00:00Z`) / 86_400_000);
  return {
    type: "control",
    header,
    kind: "zReport",
    report: { number, receipts: state.receipts, grand: state.grand, byTender: new Map(state.byTender) },
  };
}

import { sum } from "./money.ts";
import { pay, payments, type Payment } from "./pay.ts";
import { ringUp, turn, voidLine } from "./ring-up.ts";
import type { ItemLine, Receipt, ReceiptLink, TenderLine } from "./till-transaction.ts";
import { linkTo, nextHeader, type TillState } from "./till-state.ts";
import { totalUp } from "./total-up.ts";

interface ReceiptOptions {
  readonly items: readonly ItemLine[];
  readonly discount?: bigint;
  readonly training?: true;
  readonly resumes?: ReceiptLink;
}

/** A completed receipt: totals, tax and tenders that balance. */
export function completeReceipt(state: TillState, options: ReceiptOptions): Receipt {
  const { taxes, grand } = totalUp(state.profile, options.items, options.discount ?? 0n);
  return {
    type: "retail",
    header: nextHeader(state),
    status: "completed",
    training: options.training ?? false,
    items: options.items,
    discount: options.discount ?? 0n,
    taxes,
    tenders: pay(state.random, state.profile, grand, drawPayment(state)),
    grand,
    ...(state.random.chance(35) ? { member: `M${String(state.random.int(1, 40)).padStart(6, "0")}` } : {}),
    ...(options.resumes === undefined ? {} : { resumes: options.resumes }),
  };
}

function drawPayment(state: TillState): Payment {
  const draw = state.random.int(0, 99);
  if (draw < 45) return "card";
  if (draw < 85) return "cash";
  return state.random.pick(payments);
}

/** A plain sale; customers may bring it back later. */
export function makeSale(state: TillState, lines = state.random.int(1, 9)): Receipt {
  const receipt = completeReceipt(state, { items: ringUp(state.random, state.profile, lines) });
  state.returnable.push({ link: linkTo(receipt.header), items: receipt.items });
  state.voidable.push(receipt);
  return receipt;
}

/** A sale in which the cashier took one line back before the end. */
export function makeSaleWithLineVoid(state: TillState): Receipt {
  const rung = ringUp(state.random, state.profile, state.random.int(2, 6));
  const voided = state.random.int(0, rung.length - 1);
  const items = [...rung, voidLine(rung, voided)];
  if (state.random.chance(50)) items.push(...ringUp(state.random, state.profile, 1));
  return completeReceipt(state, { items });
}

/** A sale with money off the whole receipt. */
export function makeDiscountedSale(state: TillState): Receipt {
  const items = ringUp(state.random, state.profile, state.random.int(2, 8));
  const goods = sum(items.map((item) => item.extended));
  const coupon = BigInt(state.random.pick([100, 250, 500]));
  return completeReceipt(state, { items, discount: state.random.chance(50) ? goods / 20n : coupon < goods ? coupon : goods / 2n });
}

/** Goods of an earlier sale come back, at the price paid. Without an earlier sale: undefined. */
export function returnedItems(state: TillState): ItemLine[] | undefined {
  if (state.returnable.length === 0) return undefined;
  const [original] = state.returnable.splice(state.random.int(0, state.returnable.length - 1), 1);
  if (original === undefined) return undefined;
  const count = state.random.int(1, Math.min(2, original.items.length));
  return original.items.slice(0, count).map((item, at) => ({
    ...turn(item),
    action: "return",
    returnOf: { ...original.link, line: at + 1 },
    reason: state.random.pick(["Damaged", "Changed mind", "Wrong size"]),
  }));
}

/** Goods come back without a receipt. */
export function makeBlindReturn(state: TillState): Receipt {
  const items = ringUp(state.random, state.profile, 1).map((item): ItemLine => ({ ...turn(item), action: "return", reason: "No receipt" }));
  return completeReceipt(state, { items });
}

/** Takes a whole earlier receipt of this till back, with every sign turned. Without one that is still whole: undefined. */
export function makePostVoid(state: TillState): Receipt | undefined {
  const original = state.voidable.findLast((receipt) => findReturnable(state, receipt) >= 0);
  if (original === undefined) return undefined;
  state.returnable.splice(findReturnable(state, original), 1);
  return {
    ...original,
    header: nextHeader(state),
    status: "postVoided",
    items: original.items.map(turn),
    taxes: original.taxes.map((tax) => ({ ...tax, taxable: -tax.taxable, amount: -tax.amount })),
    tenders: original.tenders.map((tender): TenderLine => turnTender(tender)),
    grand: -original.grand,
    voids: linkTo(original.header),
  };
}

/** A receipt of which something came back is no longer in the list, and cannot be voided as a whole. */
const findReturnable = ({ returnable }: TillState, { header }: Receipt): number =>
  returnable.findIndex(({ link }) => link.sequence === header.sequence && link.workstation === header.workstation);

const turnTender = ({ foreign, ...tender }: TenderLine): TenderLine => ({
  ...tender,
  use: tender.use === "change" ? "sale" : "refund",
  amount: -tender.amount,
  ...(foreign === undefined ? {} : { foreign: { ...foreign, amount: -foreign.amount } }),
});

/** A basket left before it was paid: parked for later, or given up. It has goods and no tenders. */
export function makeUnfinished(state: TillState, status: "suspended" | "cancelled"): Receipt {
  const items = ringUp(state.random, state.profile, state.random.int(1, 5));
  const { taxes, grand } = totalUp(state.profile, items, 0n);
  const header = nextHeader(state);
  if (status === "suspended") state.parked.push({ link: linkTo(header), items });
  return { type: "retail", header, status, training: false, items, discount: 0n, taxes, tenders: [], grand };
}

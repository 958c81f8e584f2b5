import {
  checkBalance,
  computeTotals,
  transactionSchema,
  type Identity,
  type RetailTransaction,
  type Transaction,
} from "@tillsync/sync-protocol";
import { decimal, sum } from "../money.ts";
import { CURRENCY, PROGRAMME, TAX_RATES } from "./assortment.ts";
import { grandOf, lineTax, type DraftLine } from "./draw-lines.ts";
import type { DraftTender } from "./draw-tenders.ts";

/** Everything that decides a receipt; `buildReceipt` adds the sums. */
export interface DraftReceipt {
  readonly type: "RetailTransaction" | "CustomerOrder";
  readonly identity: Identity;
  /** `2026-11-20T09:12:44` */
  readonly end: string;
  readonly operatorId: string;
  readonly status: Transaction["status"];
  readonly training?: true;
  readonly lines: readonly DraftLine[];
  readonly tenders: readonly DraftTender[];
  readonly member?: { readonly ref: string; readonly earned: number; readonly redeemed: number };
  readonly voids?: Identity;
  readonly order?: { readonly orderId: string; readonly action: "create" | "pickup" };
}

/** The canonical transaction of a draft. Its parts always sum to what it reports. */
export function buildReceipt(draft: DraftReceipt): RetailTransaction | Extract<Transaction, { transactionType: "CustomerOrder" }> {
  const { lines, member } = draft;
  const grand = grandOf(lines);
  const change = -sum(draft.tenders.filter((tender) => tender.use === "change").map((tender) => tender.amount));
  const discount = sum(lines.map((line) => line.share));
  const parts = {
    lines: lines.map(printLine),
    adjustments: printAdjustments(lines, member),
    taxes: printTaxes(lines),
    tenders: draft.tenders.map((tender, at) => printTender(tender, lines.length + 1 + at)),
    reported: {
      grand: text(grand),
      tax: text(sum(lines.map(lineTax))),
      ...(discount === 0n ? {} : { discount: text(discount) }),
      ...(change === 0n ? {} : { change: text(change) }),
    },
  };
  const parsed = transactionSchema.parse({
    schemaVersion: 1,
    transactionType: draft.type,
    identity: draft.identity,
    status: draft.status,
    ...(draft.training === undefined ? {} : { trainingMode: true }),
    receiptNumber: `${draft.identity.workstation}-${draft.identity.sequence.padStart(6, "0")}`,
    operatorId: draft.operatorId,
    end: posTime(draft.end),
    currency: CURRENCY,
    exponent: 2,
    ...parts,
    computed: { lines: "0", adjustments: "0", exclusiveTax: "0", grand: "0", tenders: "0" },
    balance: { state: "ok" },
    ...(member === undefined ? {} : { loyalty: printLoyalty(member) }),
    ...(draft.voids === undefined ? {} : { voids: draft.voids }),
    ...(draft.order === undefined ? {} : { orders: [{ ...draft.order, system: "shop" }] }),
  }) as RetailTransaction;
  const computed = computeTotals(parsed);
  return { ...parsed, computed, balance: checkBalance(parsed, computed) };
}

const text = (minor: bigint): string => minor.toString();

/** The shop stands in a zone one hour ahead of UTC. */
export const posTime = (local: string): object => ({
  local,
  offset: "+01:00",
  utc: new Date(`${local}+01:00`).toISOString(),
  quality: "derived",
});

function printLine(line: DraftLine, at: number): object {
  const { item, discount, share } = line;
  return {
    line: at + 1,
    ...(line.parentOffset === undefined ? {} : { parentLine: at + 1 + line.parentOffset }),
    action: line.action,
    ...(line.voidsOffset === undefined ? {} : { voidsLine: at + 1 + line.voidsOffset }),
    entryMethod: item.uom === "KGM" ? "keyed" : "scanned",
    itemType: item.itemType,
    itemId: item.itemId,
    gtin: item.gtin,
    description: item.description,
    department: item.department,
    quantity: { value: quantityText(line.quantityMilli), uom: item.uom },
    regularUnitPrice: decimal(line.unitPrice, 2),
    ...(discount === 0n ? { actualUnitPrice: decimal(line.unitPrice, 2) } : {}),
    extendedAmount: text(line.extended),
    taxes: [{ rate: item.taxRate, taxable: text(line.extended - share), amount: text(lineTax(line)), includedInPrice: line.taxIncluded }],
    ...(line.returnOf === undefined ? {} : { returnOf: line.returnOf, returnReason: "Changed mind" }),
  };
}

/** `0.842`, `-3`: no more decimals than the quantity has. */
export const quantityText = (milli: bigint): string => decimal(milli, 3).replace(/\.?0+$/, "");

function printAdjustments(lines: readonly DraftLine[], member: DraftReceipt["member"]): object[] {
  const cuts = lines.flatMap((line, at) =>
    line.discount === 0n ? [] : [{ kind: "promotion", promotionId: "P-WEEK", line: at + 1, amount: text(-line.discount), included: true }],
  );
  const receipt = sum(lines.map((line) => line.share));
  const kind = (member?.redeemed ?? 0) === 0 ? { kind: "coupon", promotionId: "C-5" } : { kind: "loyaltyReward" };
  return receipt === 0n ? cuts : [...cuts, { ...kind, amount: text(-receipt), included: false }];
}

/** One tax for each rate: the sum of its lines', so that both listings tell the same money. */
function printTaxes(lines: readonly DraftLine[]): object[] {
  return TAX_RATES.flatMap((rate) => {
    const own = lines.filter((line) => line.item.taxRate === rate);
    const taxable = sum(own.map((line) => line.extended - line.share));
    return own.length === 0
      ? []
      : [{ rate, taxable: text(taxable), amount: text(sum(own.map(lineTax))), includedInPrice: own[0]?.taxIncluded ?? true }];
  });
}

const printTender = ({ type, use, amount, card, maskedNumber }: DraftTender, line: number): object => ({
  line,
  type,
  use,
  amount: text(amount),
  ...(card === undefined ? {} : { card }),
  ...(maskedNumber === undefined ? {} : { giftCard: { maskedNumber } }),
});

const printLoyalty = ({ ref, earned, redeemed }: NonNullable<DraftReceipt["member"]>): object => ({
  programme: PROGRAMME,
  memberRef: ref,
  ...(earned === 0 ? {} : { pointsEarned: earned }),
  ...(redeemed === 0 ? {} : { pointsRedeemed: redeemed }),
});

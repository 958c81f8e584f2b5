import { addAmounts, sumAmounts, subtractAmounts, ZERO, type Amount } from "../money/amount.ts";
import type { Adjustment, Line, Tax } from "./line.ts";
import type { Tender } from "./tender.ts";
import type { Balance, ComputedTotals, ReportedTotals } from "./totals.ts";

/** The parts of a receipt that decide its totals. */
export interface ReceiptParts {
  readonly lines: readonly Line[];
  readonly adjustments?: readonly Adjustment[] | undefined;
  readonly taxes?: readonly Tax[] | undefined;
  readonly tenders: readonly Tender[];
  readonly rounding?: { readonly amount: Amount } | undefined;
  readonly reported: ReportedTotals;
}

/** Sums the canonical parts. Header taxes win over line taxes where both are listed: they are the same money told twice. */
export function computeTotals(parts: ReceiptParts): ComputedTotals {
  const lines = sumAmounts(parts.lines.map((line) => line.extendedAmount));
  const adjustments = sumAmounts((parts.adjustments ?? []).filter((a) => !a.included).map((a) => a.amount));
  const taxes = parts.taxes !== undefined && parts.taxes.length > 0 ? parts.taxes : parts.lines.flatMap((line) => line.taxes ?? []);
  const exclusiveTax = sumAmounts(taxes.filter((tax) => !tax.includedInPrice).map((tax) => tax.amount));
  const tenders = sumAmounts(parts.tenders.map((tender) => tender.amount));
  const grand = sumAmounts([lines, adjustments, exclusiveTax, parts.rounding?.amount ?? ZERO]);
  return { lines, adjustments, exclusiveTax, grand, tenders };
}

/** Compares the sums with what the POS printed, to the last minor unit. Tips ride on tenders and are taken off. */
export function checkBalance(parts: ReceiptParts, computed: ComputedTotals): Balance {
  const { grand } = parts.reported;
  if (grand === undefined) return { state: "unreported" };
  const tips = sumAmounts(parts.tenders.map((tender) => tender.tip ?? ZERO));
  const grandDelta = subtractAmounts(computed.grand, grand);
  const tenderDelta = subtractAmounts(computed.tenders, addAmounts(grand, tips));
  return grandDelta === ZERO && tenderDelta === ZERO ? { state: "ok" } : { state: "mismatch", grandDelta, tenderDelta };
}

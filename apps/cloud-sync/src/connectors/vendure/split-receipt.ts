import { sumAmounts, type RetailTransaction } from "@tillsync/sync-protocol";
import { hasLineTaxes, netLines, type NetLine } from "./net-lines.ts";

/** Money on a receipt that is no line's: each role has a collective item of its own in the mapping. */
export type Role = "discount" | "tax" | "rounding" | "difference";
export type Extra = { readonly role: Role; readonly amount: bigint };

/** What an earlier receipt's order gives back. `amount` is positive where money goes back to the customer. */
export interface ReturnGroup {
  readonly receipt: string;
  readonly lines: readonly NetLine[];
  readonly amount: bigint;
}

/** A receipt by what Vendure does with it. `sold`, `blind` and `extras` less the returns come to `grand`. */
export interface ReceiptSides {
  readonly grand: bigint;
  readonly sold: readonly NetLine[];
  /** Returned without a receipt. */
  readonly blind: readonly NetLine[];
  readonly returns: readonly ReturnGroup[];
  readonly extras: readonly Extra[];
}

/** Splits a receipt, to the minor unit. */
export function splitReceipt(transaction: RetailTransaction): ReceiptSides {
  const grand = BigInt(transaction.reported.grand ?? transaction.computed.grand);
  const lines = netLines(transaction);
  const returned = lines.filter((line) => line.quantity < 0n);
  const sold = lines.filter((line) => line.quantity > 0n);
  const blind = returned.filter((line) => line.returnOf === undefined);
  const named = Map.groupBy(
    returned.filter((line) => line.returnOf !== undefined),
    (line) => line.returnOf ?? "",
  );
  const extras = extrasOf(transaction, grand, lines);
  const ownOrder = sold.length + blind.length > 0;
  const withReturns = (extra: Extra): boolean => named.size > 0 && (!ownOrder || (extra.role === "tax" && extra.amount < 0n));
  const shared = extras.filter(withReturns).reduce((sum, extra) => sum + extra.amount, 0n);
  return { grand, sold, blind, returns: groupReturns(named, -shared), extras: extras.filter((extra) => !withReturns(extra)) };
}

function extrasOf(transaction: RetailTransaction, grand: bigint, lines: readonly NetLine[]): Extra[] {
  const numbers = new Set(transaction.lines.map((line) => line.line));
  const own = (transaction.adjustments ?? []).filter((one) => !one.included && (one.line === undefined || !numbers.has(one.line)));
  const sum = (kind: (name: string) => boolean): bigint => BigInt(sumAmounts(own.filter((one) => kind(one.kind)).map((one) => one.amount)));
  const known: Extra[] = [
    { role: "discount", amount: sum((kind) => kind !== "rounding") },
    { role: "tax", amount: hasLineTaxes(transaction) ? 0n : BigInt(transaction.computed.exclusiveTax) },
    { role: "rounding", amount: sum((kind) => kind === "rounding") + BigInt(transaction.rounding?.amount ?? "0") },
  ];
  const named = [...lines, ...known].reduce((total, part) => total + part.amount, 0n);
  return [...known, { role: "difference" as const, amount: grand - named }].filter((extra) => extra.amount !== 0n);
}

/** Money that is no line's goes with the returns in proportion; the last takes what division leaves. */
function groupReturns(named: ReadonlyMap<string, readonly NetLine[]>, shared: bigint): ReturnGroup[] {
  const groups = [...named].map(([receipt, lines]) => ({ receipt, lines, amount: lines.reduce((sum, line) => sum - line.amount, 0n) }));
  const whole = groups.reduce((sum, group) => sum + group.amount, 0n);
  let left = shared;
  return groups.map((group, at) => {
    const share = at === groups.length - 1 ? left : whole === 0n ? 0n : (shared * group.amount) / whole;
    left -= share;
    return { ...group, amount: group.amount + share };
  });
}

import { naturalKey, referencedKey, sumAmounts, type Line, type RetailTransaction, type Tax } from "@tillsync/sync-protocol";
import { toSteps } from "./quantities.ts";

/** What is left of a receipt's line after voids: quantity and money with all that belongs to the line. */
export interface NetLine {
  readonly source: Line;
  /** Steps of 10^-12. */
  quantity: bigint;
  /** Minor units: price, the line's own money off, and its tax where that comes on top. */
  amount: bigint;
  /** Natural key of the receipt that it was bought with, for a return that names one. */
  readonly returnOf: string | undefined;
}

/** Whether exclusive taxes can be told line by line: the lines' sum is the receipt's. */
export const hasLineTaxes = (transaction: RetailTransaction): boolean =>
  sumAmounts(transaction.lines.flatMap((line) => exclusive(line.taxes).map((tax) => tax.amount))) === transaction.computed.exclusiveTax;

/** The receipt's lines, each with its adjustments and taxes, voided ones taken off the line that they void. */
export function netLines(transaction: RetailTransaction): NetLine[] {
  const taxed = hasLineTaxes(transaction);
  const lines: NetLine[] = [];
  for (const source of transaction.lines) {
    const net = readLine(transaction, source, taxed);
    const voided = source.action === "void" ? findVoided(lines, net) : undefined;
    if (voided === undefined) lines.push(net);
    else {
      voided.quantity += net.quantity;
      voided.amount += net.amount;
    }
  }
  return lines.filter((line) => line.quantity !== 0n);
}

function readLine(transaction: RetailTransaction, source: Line, taxed: boolean): NetLine {
  const own = (transaction.adjustments ?? []).filter((adjustment) => !adjustment.included && adjustment.line === source.line);
  const parts = [
    source.extendedAmount,
    ...own.map((one) => one.amount),
    ...(taxed ? exclusive(source.taxes).map((tax) => tax.amount) : []),
  ];
  const bought = source.returnOf === undefined ? undefined : referencedKey(source.returnOf);
  return {
    source,
    quantity: toSteps(source.quantity.value),
    amount: BigInt(sumAmounts(parts)),
    returnOf: bought === naturalKey(transaction.identity) ? undefined : bought,
  };
}

const exclusive = (taxes: readonly Tax[] = []): readonly Tax[] => taxes.filter((tax) => !tax.includedInPrice);

function findVoided(lines: readonly NetLine[], net: NetLine): NetLine | undefined {
  const { voidsLine, itemId } = net.source;
  if (voidsLine !== undefined) return lines.find((line) => line.source.line === voidsLine);
  return lines.findLast((line) => line.source.itemId === itemId && line.quantity === -net.quantity && line.amount === -net.amount);
}

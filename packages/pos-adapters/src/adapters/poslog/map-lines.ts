import { negateAmount, TillsyncError, type Amount, type Decimal, type Line } from "@tillsync/sync-protocol";
import { absDecimal, isNegativeDecimal, negateDecimal, readDecimal } from "../../kit/fields/decimal.ts";
import { mapItem } from "./map-item.ts";
import { given, linksOf, mapReference } from "./map-header.ts";
import type { RetailScope } from "./map-retail.ts";
import { mapLineTaxes } from "./map-tax.ts";
import { absAmount, amountOf } from "./money.ts";
import type { Reading } from "./readings.ts";
import { itemLinesOf, type ItemLine } from "./line-kinds.ts";
import type { XmlNode } from "./read-tree.ts";
import { attributeOf, child, children, firstText, isFlagged, textOf } from "./tree.ts";

/** What a line moves, with normalised signs. */
interface Moved {
  readonly amount: Amount;
  readonly quantity: Decimal;
}

/** Maps the item lines. A voided line is followed, or answered, by a line of action `void` with opposite signs. */
export function mapLines(scope: RetailScope, reading: Reading): Line[] {
  const lines: Line[] = [];
  const items = itemLinesOf(scope.body);
  let spare = Math.max(0, ...items.map((item) => item.line));
  let parent: number | undefined;
  for (const [index, item] of items.entries()) {
    const isVoid = isFlagged(item.item, ["VoidFlag", "VoidedFlag"]);
    const line = mapLine(scope, reading, item, isVoid, `lines[${index}]`);
    const linked = attributeOf(item.item, "EntryMethod") === "acs:Linked";
    if (!isVoid || reading.voidStyle === "in-place") {
      lines.push(linked && parent !== undefined ? { ...line, parentLine: parent } : line);
      if (!linked) parent = line.line;
      if (isVoid) lines.push({ ...reverse(line), line: (spare += 1), voidsLine: line.line });
      continue;
    }
    const voidsLine = voidedLine(item, line, lines);
    lines.push({ ...line, action: "void", ...given("voidsLine", voidsLine) });
  }
  return lines;
}

function mapLine(scope: RetailScope, reading: Reading, item: ItemLine, isVoid: boolean, where: string): Line {
  const { node } = item;
  const stated = amountOf(node, "ExtendedAmount", scope.money, where) ?? amountOf(node, "Amount", scope.money, where);
  if (stated === undefined) throw new TillsyncError("capture.field-missing", `${where}.ExtendedAmount`);
  const quantities = readQuantities(item, scope, where);
  const quantity = quantities[0] ?? { value: "1" as Decimal, uom: "EA" };
  const comesBack = item.kind === "return" || (isNegativeDecimal(quantity.value) && !isVoid);
  const moved = signed({ amount: stated, quantity: quantity.value }, item.kind, comesBack, isVoid, reading);
  const sign = moved.amount.startsWith("-") ? -1 : 1;
  const reference = comesBack ? referenceOf(node, scope) : undefined;
  return {
    line: item.line,
    action: comesBack ? "return" : "sale",
    ...mapItem(item, scope),
    quantity: { value: moved.quantity, uom: quantity.uom },
    ...given("secondaryQuantities", quantities.length > 1 ? quantities.slice(1, 5) : undefined),
    extendedAmount: moved.amount,
    ...given("taxes", mapLineTaxes(node, scope.money, reading, sign, where)),
    ...given("returnOf", reference),
    ...(comesBack ? given("returnReason", firstText(node, ["Reason", "ReasonCode", "ReturnReason"])) : {}),
    ...(comesBack ? given("disposition", firstText(node, ["Disposition", "DispositionCode", "InventoryDisposition"])?.slice(0, 100)) : {}),
  };
}

/**
 * The signs of a line. What comes back is negative whatever the file prints. A sale keeps the sign it has: deposits and
 * coupons are sold with a negative price. A void of the `signed` style stands as printed; of the `reversal` style it is
 * the opposite of what the same line would be without the flag.
 */
function signed(stated: Moved, kind: ItemLine["kind"], comesBack: boolean, isVoid: boolean, reading: Reading): Moved {
  const plain = comesBack ? { amount: minus(absAmount(stated.amount)), quantity: minusDecimal(absDecimal(stated.quantity)) } : stated;
  if (!isVoid || reading.voidStyle === "in-place") return plain;
  if (reading.voidStyle === "reversal") return { amount: minus(plain.amount), quantity: minusDecimal(plain.quantity) };
  return kind === "return" ? { amount: absAmount(stated.amount), quantity: absDecimal(stated.quantity) } : stated;
}

const minus = (amount: Amount): Amount => negateAmount(amount);
const minusDecimal = (value: Decimal): Decimal => negateDecimal(value);

function reverse(line: Line): Line {
  return {
    ...line,
    action: "void",
    quantity: { ...line.quantity, value: minusDecimal(line.quantity.value) },
    extendedAmount: minus(line.extendedAmount),
    ...(line.taxes === undefined
      ? {}
      : {
          taxes: line.taxes.map((tax) => ({
            ...tax,
            amount: minus(tax.amount),
            ...(tax.taxable === undefined ? {} : { taxable: minus(tax.taxable) }),
          })),
        }),
  };
}

/** All `Quantity` elements: R10 gives pieces and weight of the same thing. */
function readQuantities(item: ItemLine, { settings }: RetailScope, where: string): { value: Decimal; uom: string }[] {
  const weighed = isFlagged(item.item, ["acs:weightItem"]);
  const unit = weighed ? (settings.config.weightUnit ?? settings.dialect.weightUnit) : "EA";
  return children(item.node, "Quantity").map((node) => {
    const value = readDecimal(node.text === "" ? "1" : node.text);
    if (value === undefined) throw new TillsyncError("capture.amount-invalid", `${where}.Quantity`);
    return { value, uom: (attributeOf(node, "UnitOfMeasureCode") ?? unit).slice(0, 20) };
  });
}

/** The receipt that goods come back from: named on the line, else on the transaction. */
function referenceOf(node: XmlNode, { transaction, body }: RetailScope): Line["returnOf"] {
  const own = child(node, "TransactionLink") ?? child(node, "ReturnTransaction") ?? child(node, "OriginalTransaction");
  const link =
    own ??
    linksOf(transaction, body).find((candidate) =>
      /return|refund/i.test(attributeOf(candidate, "ReasonCode") ?? textOf(candidate, "ReasonCode") ?? ""),
    );
  const reference = link === undefined ? undefined : mapReference(link);
  return reference === undefined || Object.keys(reference).length === 0 ? undefined : reference;
}

/**
 * The line that a void takes back: the one it names, when it is there; else the latest line of the same article with the
 * opposite amount that nothing has taken back yet.
 */
function voidedLine(item: ItemLine, voided: Line, before: readonly Line[]): number | undefined {
  const taken = new Set(before.map((line) => line.voidsLine));
  const link = child(item.node, "ItemLink") ?? child(item.item, "ItemLink") ?? child(item.item, "LineItemLink");
  const named =
    textOf(link, "SequenceNumber") ?? textOf(link, "LineItemSequenceNumber") ?? link?.text ?? textOf(item.item, "CreateRefNumber");
  if (named !== undefined && before.some((line) => String(line.line) === named)) return Number(named);
  return before.findLast(
    (line) =>
      line.action !== "void" &&
      line.itemId === voided.itemId &&
      line.extendedAmount === minus(voided.extendedAmount) &&
      !taken.has(line.line),
  )?.line;
}

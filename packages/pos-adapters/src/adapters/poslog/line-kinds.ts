import { children } from "./tree.ts";
import type { XmlNode } from "./read-tree.ts";

/** Children of a `LineItem` that are goods or services, with what they do to the customer's debt. */
const ITEM_KINDS: ReadonlyMap<string, "sale" | "return"> = new Map([
  ["Sale", "sale"],
  ["SaleForDelivery", "sale"],
  ["SaleForPickup", "sale"],
  ["CustomerOrderForDelivery", "sale"],
  ["CustomerOrderForPickup", "sale"],
  ["CustomerOrderPickup", "sale"],
  ["Layaway", "sale"],
  ["PreviousLayaway", "sale"],
  ["PreviousCustomerOrder", "sale"],
  ["Deposit", "sale"],
  ["Fee", "sale"],
  ["Service", "sale"],
  ["FuelSale", "sale"],
  ["GiftCertificate", "sale"],
  ["GiftCard", "sale"],
  ["StoredValueFund", "sale"],
  ["PhoneCard", "sale"],
  ["PaymentOnAccount", "sale"],
  ["Return", "return"],
  ["ReturnForDelivery", "return"],
  ["ReturnForPickup", "return"],
  ["DepositReturn", "return"],
]);

/** A `LineItem` that is an item: the element that holds it, its number, and what it does. */
export interface ItemLine {
  readonly item: XmlNode;
  readonly node: XmlNode;
  readonly kind: "sale" | "return";
  readonly line: number;
  /** A line item of its own with a question about this item, which comes before it: NCR's age restriction. */
  readonly before?: XmlNode;
}

/** The item lines of a receipt in the order of the file. Kinds that are not named here are no goods and are left to others. */
export function itemLinesOf(body: XmlNode): ItemLine[] {
  const lines: ItemLine[] = [];
  let before: XmlNode | undefined;
  for (const [index, item] of children(body, "LineItem").entries()) {
    const node = item.children.find((c) => ITEM_KINDS.has(c.name));
    if (node !== undefined) {
      lines.push({
        item,
        node,
        kind: ITEM_KINDS.get(node.name) ?? "sale",
        line: lineNumberOf(item, index),
        ...(before === undefined ? {} : { before }),
      });
    }
    if (node !== undefined) before = undefined;
    else if (item.children.some((c) => c.name.endsWith("AgeRestriction"))) before = item;
  }
  // A question after the last item is about that one.
  const last = lines.pop();
  if (last !== undefined) lines.push(before === undefined || last.before !== undefined ? last : { ...last, before });
  return lines;
}

/** The line's own number, or its place counted from 1 where it has none. */
export function lineNumberOf(item: XmlNode, index: number): number {
  const text = item.children.find((c) => c.name === "SequenceNumber")?.text ?? "";
  return /^[0-9]{1,9}$/.test(text) ? Number(text) : index + 1;
}

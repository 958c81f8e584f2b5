import { TillsyncError } from "@tillsync/sync-protocol";
import { readDecimal } from "../../kit/fields/decimal.ts";
import { given, mapHeader } from "./map-header.ts";
import type { MapSettings } from "./map-transaction.ts";
import type { XmlNode } from "./read-tree.ts";
import { attributeOf, child, firstText, idText, localNameOf, textOf } from "./tree.ts";

const KINDS: ReadonlyArray<readonly [pattern: RegExp, kind: string]> = [
  [/Receiv/i, "receiving"],
  [/TransferIn/i, "transferIn"],
  [/TransferOut|Transfer|Ship/i, "transferOut"],
  [/Count|StockTake/i, "count"],
  [/Waste|Spoil|Shrink/i, "waste"],
  [/Adjust/i, "adjustment"],
];

/** Maps goods that move without a sale. */
export function mapInventory(transaction: XmlNode, body: XmlNode, settings: MapSettings): unknown {
  const header = mapHeader(transaction, body, settings);
  const named = body.children.find((node) => KINDS.some(([pattern]) => pattern.test(localNameOf(node))));
  const word = named === undefined ? (attributeOf(body, "TypeCode") ?? "") : localNameOf(named);
  const items = [...itemsIn(body), ...(named === undefined ? [] : itemsIn(named))];
  return {
    transactionType: "Inventory",
    ...header,
    inventory: {
      kind: KINDS.find(([pattern]) => pattern.test(word))?.[1] ?? "other",
      ...given("reason", firstText(body, ["Reason", "ReasonCode"])),
      items: items.map((node, index) => mapInventoryItem(node, `inventory.items[${index}]`)),
    },
  };
}

/** Elements with an article and a quantity, directly or as the content of a line item. */
function itemsIn(node: XmlNode): XmlNode[] {
  return node.children.flatMap((c) =>
    child(c, "ItemID") !== undefined && child(c, "Quantity") !== undefined ? [c] : c.name === "LineItem" ? itemsIn(c) : [],
  );
}

function mapInventoryItem(node: XmlNode, where: string): unknown {
  const quantity = child(node, "Quantity");
  const value = readDecimal(quantity?.text ?? "");
  if (value === undefined) throw new TillsyncError("capture.field-invalid", `${where}.quantity`);
  return {
    itemId: idText(textOf(node, "ItemID")),
    ...given("description", textOf(node, "Description")),
    quantity: { value, uom: (attributeOf(quantity, "UnitOfMeasureCode") ?? "EA").slice(0, 20) },
  };
}

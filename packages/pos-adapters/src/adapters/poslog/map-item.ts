import type { Line } from "@tillsync/sync-protocol";
import { isGtin } from "../../kit/cards/iin.ts";
import { readDecimal } from "../../kit/fields/decimal.ts";
import type { ItemLine } from "./line-kinds.ts";
import { given } from "./map-header.ts";
import type { RetailScope } from "./map-retail.ts";
import type { XmlNode } from "./read-tree.ts";
import { attributeOf, child, children, firstText, idText, textOf } from "./tree.ts";

type Item = Pick<Line, "itemId" | "itemType"> &
  Partial<
    Pick<
      Line,
      | "gtin"
      | "scanData"
      | "description"
      | "department"
      | "entryMethod"
      | "regularUnitPrice"
      | "actualUnitPrice"
      | "serialNumber"
      | "sellerId"
      | "ageRestriction"
    >
  >;

/** What was sold: the article, how it got into the till, its prices. */
export function mapItem({ item, node, before }: ItemLine, { settings }: RetailScope): Item {
  const posItem = textOf(child(node, "POSIdentity"), "POSItemID");
  const department = departmentOf(node);
  const itemId =
    idText(textOf(node, "ItemID")) ?? idText(posItem) ?? idText(department === undefined ? undefined : `department:${department}`);
  // ARTS keeps what was scanned or keyed beside the article number; either may be missing or the same.
  const scanned = [textOf(item, "ScanData"), textOf(node, "ScanData"), posItem]
    .map(idText)
    .find((code) => code !== undefined && code !== itemId);
  const seller = textOf(child(node, "Associate"), "AssociateID") ?? textOf(node, "SalesAssociateID");
  return {
    itemId: itemId ?? node.name,
    itemType: itemTypeOf(node),
    ...given("gtin", gtinOf(node)),
    ...given("scanData", scanned),
    ...given("description", textOf(node, "Description") ?? attributeOf(child(node, "ItemID"), "Name")),
    ...given("department", idText(department)),
    ...given("entryMethod", entryMethodOf(item)),
    ...given("regularUnitPrice", priceOf(node, ["RegularSalesUnitPrice", "UnitListPrice"])),
    ...given("actualUnitPrice", priceOf(node, ["ActualSalesUnitPrice"])),
    ...given("serialNumber", idText(textOf(node, "SerialNumber"))),
    ...given("sellerId", seller === undefined ? undefined : settings.context.pseudonymise("operator", seller)),
    ...given("ageRestriction", ageOf(item, node, before)),
  };
}

function priceOf(node: XmlNode, names: readonly string[]): Line["regularUnitPrice"] {
  const text = firstText(node, names);
  return text === undefined ? undefined : readDecimal(text);
}

/** The merchandise group that is called a department, or the first that is no tax group. */
function departmentOf(node: XmlNode): string | undefined {
  const groups = children(node, "MerchandiseHierarchy").filter((group) => group.text !== "" && attributeOf(group, "ID") !== "Tax");
  const named = groups.find((group) => /department/i.test(attributeOf(group, "Level") ?? ""));
  return (named ?? groups[0])?.text ?? textOf(node, "fu:ProductGroup");
}

const ENTRY_METHODS: Readonly<Record<string, NonNullable<Line["entryMethod"]>>> = {
  scanned: "scanned",
  keyed: "keyed",
  manual: "keyed",
  lookup: "keyed",
  auto: "automatic",
  automatic: "automatic",
  linked: "automatic",
  rfid: "rfid",
};

/** How the item got in, in the model's words. */
export function entryMethodOf(item: XmlNode): Line["entryMethod"] {
  const stated = attributeOf(item, "EntryMethod");
  return stated === undefined ? undefined : (ENTRY_METHODS[stated.slice(stated.indexOf(":") + 1).toLowerCase()] ?? "other");
}

const ITEM_TYPES: Readonly<Record<string, Line["itemType"]>> = {
  stock: "stock",
  item: "stock",
  service: "service",
  fee: "fee",
  deposit: "deposit",
  giftcard: "giftCard",
  giftcertificate: "giftCard",
  storedvaluefund: "giftCard",
  phonecard: "giftCard",
  donation: "donation",
  fuel: "fuel",
  fuelsale: "fuel",
};

function itemTypeOf(node: XmlNode): Line["itemType"] {
  const stated = attributeOf(node, "ItemType");
  if (stated !== undefined) return ITEM_TYPES[stated.slice(stated.indexOf(":") + 1).toLowerCase()] ?? "other";
  return ITEM_TYPES[node.name.toLowerCase()] ?? (/^(Sale|Return|Customer|Layaway|Previous)/.test(node.name) ? "stock" : "other");
}

/** Shortest number that is taken for a GTIN: shorter ones are the shop's own, padded with zeros. */
const GTIN_SIGNIFICANT_MIN = 8;

/** A number with a valid GS1 check digit, in the form of 14 digits. */
function gtinOf(node: XmlNode): string | undefined {
  const identities = children(node, "POSIdentity");
  const typed = identities.find((identity) => /gtin|ean|upc/i.test(attributeOf(identity, "POSIDType") ?? ""));
  for (const code of [textOf(typed, "POSItemID"), textOf(node, "ItemID")]) {
    if (code === undefined || !/^[0-9]{8,14}$/.test(code)) continue;
    if (code.replace(/^0+/, "").length < GTIN_SIGNIFICANT_MIN) continue;
    const padded = code.padStart(14, "0");
    if (isGtin(Array.from(padded, Number))) return padded;
  }
  return undefined;
}

/** The age that was asked for. The birth date beside it is personal and is not read. */
function ageOf(item: XmlNode, node: XmlNode, before: XmlNode | undefined): number | undefined {
  const names = ["acs:AgeRestriction", "AgeRestriction"];
  const text = firstText(item, names) ?? firstText(before, names) ?? firstText(node, ["AgeRestriction", "MinimumAge"]);
  const age = text !== undefined && /^[0-9]{1,3}$/.test(text) ? Number(text) : undefined;
  return age !== undefined && age <= 120 ? age : undefined;
}

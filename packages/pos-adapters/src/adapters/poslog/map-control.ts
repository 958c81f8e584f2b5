import type { ControlTransaction } from "@tillsync/sync-protocol";
import { given, mapHeader } from "./map-header.ts";
import type { MapSettings } from "./map-transaction.ts";
import type { XmlNode } from "./read-tree.ts";
import { firstText, idText, localNameOf, textOf } from "./tree.ts";

type Kind = ControlTransaction["control"]["kind"];

/** Elements that say what a control transaction is about. The first that matches wins. */
const KINDS: ReadonlyArray<readonly [pattern: RegExp, kind: Kind]> = [
  [/^(Operator)?SignOn$/i, "signOn"],
  [/^(Operator)?SignOff$/i, "signOff"],
  [/^NoSale$/i, "noSale"],
  [/^(BusinessEOD|StoreClose|BusinessDayClose)/i, "storeClose"],
  [/^(BusinessSOD|StoreOpen|BusinessDayOpen)/i, "storeOpen"],
  [/^(POSEOD|TillClose|WorkstationClose|RegisterClose|SessionEnd)/i, "tillClose"],
  [/^(POSSOD|TillOpen|WorkstationOpen|RegisterOpen|SessionStart)/i, "tillOpen"],
  [/DrawerOpen|OpenDrawer|CashDrawer/i, "drawerOpen"],
  [/Reprint|ReceiptCopy/i, "reprint"],
  [/PriceChange/i, "priceChange"],
  [/^(X-?Report|ReadTotals)/i, "xReport"],
  [/^(Z-?Report|ResetTotals)/i, "zReport"],
];

/** The model's word for an element of a control transaction, if there is one. */
export const controlKindOf = (node: XmlNode): Kind | undefined => KINDS.find(([pattern]) => pattern.test(localNameOf(node)))?.[1];

/** Maps signing on and off, openings and closings, reports. One that is not known is kept as `other` with its name. */
export function mapControl(transaction: XmlNode, body: XmlNode, settings: MapSettings): unknown {
  const known = body.children.find((node) => controlKindOf(node) !== undefined);
  const unknown = body.children.find((node) => node.children.length > 0) ?? body.children.find((node) => node.name !== "ReasonCode");
  const reason =
    firstText(body, ["ReasonCode", "Reason"]) ??
    firstText(known, ["ReasonCode", "Reason"]) ??
    (known === undefined && unknown !== undefined ? localNameOf(unknown) : undefined);
  return {
    transactionType: "Control",
    ...mapHeader(transaction, body, settings),
    control: {
      kind: known === undefined ? "other" : (controlKindOf(known) ?? "other"),
      ...given("reason", reason),
      ...given("reportNumber", idText(firstText(body, ["ReportNumber", "ZReportNumber"]) ?? textOf(known, "ReportNumber"))),
    },
  };
}

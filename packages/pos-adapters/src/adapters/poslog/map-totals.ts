import { TillsyncError, type Amount, type ReportedTotals } from "@tillsync/sync-protocol";
import { given } from "./map-header.ts";
import type { RetailScope } from "./map-retail.ts";
import { looseAmount, readAmount } from "./money.ts";
import type { XmlNode } from "./read-tree.ts";
import { attributeOf, child } from "./tree.ts";

/** Names that vendors give to the printed totals, plainest first; `x:` prefixes of values are cut before the look-up. */
const TOTALS: Readonly<Record<Exclude<keyof ReportedTotals, "itemCount" | "grand">, readonly string[]>> = {
  net: ["TransactionNetAmount"],
  tax: ["TransactionTaxAmount", "TransactionTaxIncluded"],
  gross: ["TransactionGrossAmount"],
  discount: ["TransactionDiscountAmount", "DiscountTotal", "TransactionTotalSavings"],
  rounding: ["TransactionRoundingAmount", "RoundingAmount", "RoundingTotal"],
  tip: ["TransactionTipAmount", "TipAmount"],
  tenderApplied: ["TransactionTenderApplied"],
  change: ["TransactionChangeAmount", "TransactionTenderChange"],
  nonResettingGrandTotal: ["NonResettableGrandTotal", "TransactionNonResettableGrandTotal"],
};

/** The totals as printed. Only the grand total must be readable: the others are told for the record. */
export function mapReported({ body, money }: RetailScope): ReportedTotals {
  const byType = totalsByType(body);
  const grand = byType.get("TransactionGrandAmount") ?? byType.get("") ?? byType.get("TransactionGrossAmount");
  if (grand !== undefined && grand.text === "") throw new TillsyncError("capture.amount-invalid", "Total: empty");
  const reported: Record<string, Amount | number | undefined> = {
    grand: grand === undefined ? undefined : readAmount(grand, money, "Total"),
  };
  for (const [field, names] of Object.entries(TOTALS)) {
    const node = names.map((name) => byType.get(name)).find((found) => found !== undefined);
    reported[field] = looseAmount(node?.text, money);
  }
  const count = child(body, "acs:ItemCount")?.text ?? byType.get("TransactionPurchaseQuantity")?.text;
  return {
    ...(reported as ReportedTotals),
    ...given("itemCount", count !== undefined && /^[0-9]{1,9}$/.test(count) ? Number(count) : undefined),
  };
}

/** Rounding of the sum to be paid in cash, when it is told and not zero. */
export function readRounding({ body, money }: RetailScope): { amount: Amount; basis: "cashTender" } | undefined {
  const byType = totalsByType(body);
  const node = TOTALS.rounding.map((name) => byType.get(name)).find((found) => found !== undefined);
  const amount = looseAmount(node?.text, money);
  return amount === undefined || amount === "0" ? undefined : { amount, basis: "cashTender" };
}

/** First total of each type that is not about a part of the receipt (`TypeCode="Return"`). */
function totalsByType(body: XmlNode): Map<string, XmlNode> {
  const found = new Map<string, XmlNode>();
  for (const node of body.children) {
    if (node.name !== "Total" || attributeOf(node, "TypeCode") !== undefined) continue;
    const type = (attributeOf(node, "TotalType") ?? "").replace(/^[A-Za-z0-9]+:/, "");
    if (!found.has(type)) found.set(type, node);
  }
  return found;
}

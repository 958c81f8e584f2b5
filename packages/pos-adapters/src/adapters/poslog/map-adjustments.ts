import { negateAmount, type Adjustment, type Amount } from "@tillsync/sync-protocol";
import { itemLinesOf } from "./line-kinds.ts";
import { given } from "./map-header.ts";
import type { RetailScope } from "./map-retail.ts";
import { absAmount, amountOf } from "./money.ts";
import type { Reading } from "./readings.ts";
import type { XmlNode } from "./read-tree.ts";
import { attributeOf, child, children, firstText, idText, isFlagged, textOf } from "./tree.ts";

/** Maps price changes: rewards, discounts of the receipt, and those told on lines. */
export function mapAdjustments(scope: RetailScope, reading: Reading): Adjustment[] {
  return [...mapRewards(scope), ...mapDiscounts(scope, reading), ...mapModifiers(scope, reading)];
}

/**
 * NCR lists a reward per article (`detailedData`), as a sum (`summarizedActivity`), or as both at once. The detailed ones
 * are taken; a sum only where its promotion has no detailed one. Only the category `Monetary` is money: the others
 * carry counts and messages in the same fields.
 */
function mapRewards({ body, money }: RetailScope): Adjustment[] {
  const rewards = children(body, "LineItem")
    .flatMap((item) => children(item, "LoyaltyReward"))
    .filter((node) => textOf(node, "acs:RewardCategory") === "Monetary");
  const detailed = new Set(rewards.filter((node) => isFlagged(node, ["acs:detailedData"])).map(promotionKey));
  const lineByOperation = operations(body);
  const adjustments: Adjustment[] = [];
  for (const [index, node] of rewards.entries()) {
    if (!isFlagged(node, ["acs:detailedData"]) && detailed.has(promotionKey(node))) continue;
    const amount = amountOf(node, "acs:ExtendedRewardAmount", money, `adjustments[${index}]`);
    if (amount === undefined) continue;
    adjustments.push({
      kind: isFlagged(node, ["acs:membershipRequired"]) ? "loyaltyReward" : "promotion",
      ...given("promotionId", idText(textOf(node, "PromotionID"))),
      ...given("line", lineByOperation.get(textOf(node, "acs:OperatorSequenceReference") ?? "")),
      amount,
      included: false,
    });
  }
  return adjustments;
}

const promotionKey = (node: XmlNode): string => `${textOf(node, "PromotionID") ?? ""}/${textOf(node, "EventID") ?? ""}`;

/** NCR rewards point at a line by the number of the operator's action on it. */
function operations(body: XmlNode): Map<string, number> {
  const lines = new Map<string, number>();
  for (const { node, line } of itemLinesOf(body)) {
    const operation = textOf(node, "acs:OperatorSequence");
    if (operation !== undefined && operation !== "0" && !lines.has(operation)) lines.set(operation, line);
  }
  return lines;
}

/** Discounts that are line items of their own: they lower the receipt. */
function mapDiscounts({ body, money }: RetailScope, reading: Reading): Adjustment[] {
  const adjustments: Adjustment[] = [];
  for (const item of children(body, "LineItem")) {
    const node = child(item, "Discount") ?? child(item, "TransactionDiscount");
    if (node === undefined) continue;
    const amount = amountOf(node, "Amount", money, `adjustments[${adjustments.length}]`);
    if (amount === undefined) continue;
    const isVoid = isFlagged(item, ["VoidFlag", "VoidedFlag"]);
    if (isVoid && reading.voidStyle === "in-place") continue;
    const lowering = negateAmount(absAmount(amount));
    adjustments.push({ ...describe(node), amount: isVoid ? negateAmount(lowering) : lowering, included: !reading.discountsOnTop });
  }
  return adjustments;
}

/** `RetailPriceModifier`s of lines. They are inside `ExtendedAmount` for most POS systems: see `Reading.modifiersOnTop`. */
function mapModifiers({ body, money }: RetailScope, reading: Reading): Adjustment[] {
  const adjustments: Adjustment[] = [];
  for (const { item, node, kind, line } of itemLinesOf(body)) {
    if (isFlagged(item, ["VoidFlag", "VoidedFlag"])) continue;
    for (const modifier of children(node, "RetailPriceModifier")) {
      if (isFlagged(modifier, ["VoidFlag"])) continue;
      const amount = amountOf(modifier, "Amount", money, `adjustments of line ${line}`);
      const change = amount === undefined ? undefined : signedChange(amount, child(modifier, "Amount"), kind);
      if (change !== undefined) adjustments.push({ ...describe(modifier), line, amount: change, included: !reading.modifiersOnTop });
    }
  }
  return adjustments;
}

/** `Action` says whether the amount is taken off (also when it says nothing) or put on; `Replace` is a price, no change. */
function signedChange(amount: Amount, holder: XmlNode | undefined, kind: "sale" | "return"): Amount | undefined {
  const action = (attributeOf(holder, "Action") ?? "Subtract").toLowerCase();
  if (action === "replace") return undefined;
  const change = action === "add" ? absAmount(amount) : negateAmount(absAmount(amount));
  return kind === "return" ? negateAmount(change) : change;
}

function describe(node: XmlNode): Omit<Adjustment, "amount" | "included"> {
  const method = `${attributeOf(node, "MethodCode") ?? ""} ${attributeOf(node, "TypeCode") ?? ""}`.toLowerCase();
  const promotionId = idText(
    firstText(node, ["PromotionID", "PriceDerivationRuleID"]) ?? textOf(child(node, "PriceDerivationRule"), "PriceDerivationRuleID"),
  );
  const reason = firstText(node, ["ReasonCode", "Reason"]);
  return { kind: kindOf(method, promotionId), ...given("promotionId", promotionId), ...given("reason", reason) };
}

function kindOf(method: string, promotionId: string | undefined): Adjustment["kind"] {
  if (method.includes("override")) return "priceOverride";
  if (method.includes("coupon")) return "coupon";
  if (method.includes("employee")) return "employee";
  if (method.includes("loyalty")) return "loyaltyReward";
  return promotionId !== undefined || /promo|rule|markdown/.test(method) ? "promotion" : "manual";
}

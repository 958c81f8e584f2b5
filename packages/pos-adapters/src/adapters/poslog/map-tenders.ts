import { currencyExponent, negateAmount, TillsyncError, ZERO, type Amount, type Tender } from "@tillsync/sync-protocol";
import { readDecimal } from "../../kit/fields/decimal.ts";
import { lineNumberOf } from "./line-kinds.ts";
import { given } from "./map-header.ts";
import type { RetailScope } from "./map-retail.ts";
import { absAmount, amountOf, currencyOf, deepAmountOf, looseAmount, readAmount, type Money } from "./money.ts";
import { mapCard, mapGiftCard } from "./map-card.ts";
import type { Reading } from "./readings.ts";
import type { XmlNode } from "./read-tree.ts";
import { attributeOf, child, children, firstText, idText, isFlagged, textOf } from "./tree.ts";

/** Maps what was paid. What leaves the till (change, cashback, refund) is negative, whatever the file prints. */
export function mapTenders(scope: RetailScope, reading: Reading): Tender[] {
  const tenders: Tender[] = [];
  for (const [index, item] of children(scope.body, "LineItem").entries()) {
    const line = lineNumberOf(item, index);
    const isVoid = isFlagged(item, ["VoidFlag", "VoidedFlag"]);
    for (const node of item.children) {
      const mapped =
        node.name === "Tender"
          ? mapTender(scope, reading, item, node, line)
          : node.name === "TenderChange"
            ? mapChange(scope, reading, node, line)
            : [];
      for (const tender of mapped) tenders.push(...voided(tender, isVoid, reading));
    }
  }
  return tenders;
}

function voided(tender: Tender, isVoid: boolean, reading: Reading): Tender[] {
  if (!isVoid) return [tender];
  if (reading.voidStyle === "signed") return [{ ...tender, use: "void" }];
  const back: Tender = { ...tender, use: "void", amount: negateAmount(tender.amount) };
  return reading.voidStyle === "reversal" ? [back] : [tender, back];
}

function mapTender(scope: RetailScope, reading: Reading, item: XmlNode, node: XmlNode, line: number): Tender[] {
  const where = `tenders[line ${line}]`;
  const amount = tenderAmount(node, scope.money, where);
  const refund = /^refund/i.test(attributeOf(node, "TypeCode") ?? "") || amount.startsWith("-");
  const type = tenderTypeOf(node, scope.money);
  const cashback = child(node, "Cashback") === undefined ? undefined : amountOf(node, "Cashback", scope.money, where);
  const main: Tender = {
    line,
    type,
    use: refund ? "refund" : "sale",
    ...given("tenderId", idText(textOf(node, "TenderID"))),
    amount: refund ? negateAmount(absAmount(amount)) : amount,
    ...given("foreign", foreignOf(node, scope.money)),
    ...given("tip", tipOf(node, scope.money)),
    ...given("card", type === "card" || type === "mobile" ? mapCard(item, node, scope.settings.config) : undefined),
    ...given("giftCard", type === "giftCard" || type === "storeCredit" ? mapGiftCard(node, scope.money) : undefined),
  };
  if (isChangeItself(node, amount, scope)) return [{ ...main, use: isCashback(scope, amount) ? "cashback" : "change" }];
  const changes = children(node, "TenderChange").flatMap((change) => mapChange(scope, reading, change, line));
  const paidOut = cashback !== undefined && cashback !== ZERO && changes.length === 0 && reading.cashbackOnTop;
  return paidOut ? [main, { line, type: "cash", use: "cashback", amount: negateAmount(absAmount(cashback)) }] : [main, ...changes];
}

/** NCR writes change as a tender of its own with the negative amount, which it repeats inside as `TenderChange`. */
function isChangeItself(node: XmlNode, amount: Amount, { money }: RetailScope): boolean {
  const change = child(node, "TenderChange");
  return change !== undefined && amount.startsWith("-") && deepAmountOf(change, "Amount", money, "change") === amount;
}

/** Change given back: nested once or twice, with or without sign. */
function mapChange(scope: RetailScope, reading: Reading, node: XmlNode, line: number): Tender[] {
  const amount = deepAmountOf(node, "Amount", scope.money, `tenders[line ${line}].change`);
  if (amount === undefined || amount === ZERO || !reading.changeOff) return [];
  return [{ line, type: "cash", use: isCashback(scope, amount) ? "cashback" : "change", amount: negateAmount(absAmount(amount)) }];
}

/** Whether a tender of the receipt names just this sum as its cashback. */
function isCashback({ body, money }: RetailScope, amount: Amount): boolean {
  return children(body, "LineItem").some((item) =>
    children(item, "Tender").some((tender) => looseAmount(textOf(tender, "Cashback"), money) === absAmount(amount)),
  );
}

/** The amount in the receipt's currency. `ForeignAmount` beside it means that the attribute names the other currency. */
function tenderAmount(node: XmlNode, money: Money, where: string): Amount {
  const holder = child(node, "Amount");
  if (holder === undefined || holder.text === "") throw new TillsyncError("capture.field-missing", `${where}.Amount`);
  if (attributeOf(holder, "ForeignAmount") === undefined) return readAmount(holder, money, `${where}.Amount`);
  return readAmount({ ...holder, attributes: {} }, money, `${where}.Amount`);
}

function foreignOf(node: XmlNode, money: Money): Tender["foreign"] {
  const block = child(node, "ForeignCurrency");
  const holder = child(node, "Amount");
  const code =
    textOf(block, "CurrencyCode") ??
    currencyOf(block) ??
    currencyOf(child(block, "OriginalFaceAmount")) ??
    (attributeOf(holder, "ForeignAmount") === undefined ? undefined : currencyOf(holder));
  const amount = readDecimal(
    firstText(block, ["OriginalFaceAmount", "Amount", "ForeignAmount"]) ?? attributeOf(holder, "ForeignAmount") ?? "",
  );
  if (code === undefined || amount === undefined || code === money.currency || currencyExponent(code) === undefined) return undefined;
  return { amount, currency: code as Money["currency"], ...given("rate", readDecimal(firstText(block, ["ExchangeRate", "Rate"]) ?? "")) };
}

function tipOf(node: XmlNode, money: Money): Amount | undefined {
  const tip = looseAmount(firstText(node, ["TipAmount", "Tip", "Gratuity"]), money);
  return tip === ZERO ? undefined : tip;
}

const TENDER_TYPES: ReadonlyArray<readonly [pattern: RegExp, type: Tender["type"]]> = [
  [/foreign/i, "foreignCash"],
  [/gift|storedvalue/i, "giftCard"],
  [/storecredit|creditmemo|creditnote|merchandisecredit/i, "storeCredit"],
  [/loyalty|points/i, "loyaltyPoints"],
  [/mobile|wallet|qr|alipay|wechat/i, "mobile"],
  [/credit|debit|card|ebt/i, "card"],
  [/voucher|coupon|certificate/i, "voucher"],
  [/cheque|check/i, "cheque"],
  [/account|invoice|charge/i, "account"],
  [/deposit/i, "deposit"],
  [/cash/i, "cash"],
];

/** The model's word for a vendor's tender type. */
export function tenderTypeNamed(name: string | undefined): Tender["type"] {
  return TENDER_TYPES.find(([pattern]) => pattern.test(name ?? ""))?.[1] ?? "other";
}

function tenderTypeOf(node: XmlNode, money: Money): Tender["type"] {
  const type = tenderTypeNamed(attributeOf(node, "TenderType") ?? textOf(node, "TenderType"));
  return type === "cash" && foreignOf(node, money) !== undefined ? "foreignCash" : type;
}

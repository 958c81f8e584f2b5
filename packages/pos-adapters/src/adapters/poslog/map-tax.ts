import { negateAmount, type Amount, type Tax } from "@tillsync/sync-protocol";
import { readDecimal } from "../../kit/fields/decimal.ts";
import { given } from "./map-header.ts";
import type { RetailScope } from "./map-retail.ts";
import { absAmount, amountOf, looseAmount, type Money } from "./money.ts";
import type { Reading } from "./readings.ts";
import type { XmlNode } from "./read-tree.ts";
import { attributeOf, child, children, firstText, idText, isFlagged, textOf } from "./tree.ts";

/** Taxes of the receipt: those that are line items of their own. */
export function mapHeaderTaxes({ body, money, settings }: RetailScope, reading: Reading): Tax[] {
  const taxes: Tax[] = [];
  for (const item of children(body, "LineItem")) {
    for (const node of children(item, "Tax")) {
      const isVoid = isFlagged(item, ["VoidFlag"]);
      const tax = mapTax(node, money, reading, `taxes[${taxes.length}]`);
      if (tax === undefined || (isVoid && reading.voidStyle === "in-place")) continue;
      taxes.push(isVoid && reading.voidStyle === "reversal" ? signedTax(tax, -1) : tax);
    }
  }
  // R10 and others name the authority of the same tax; NCR numbers its taxes.
  return settings.dialect.name === "ncr-acs" ? taxes.map((tax) => ({ ...tax, includedInPrice: false })) : taxes;
}

/** Taxes of a line. `sign` is -1 for what comes back: POS systems print those with and without sign. */
export function mapLineTaxes(line: XmlNode, money: Money, reading: Reading, sign: 1 | -1, where: string): Tax[] | undefined {
  const taxes: Tax[] = [];
  for (const node of children(line, "Tax")) {
    const tax = mapTax(node, money, reading, `${where}.taxes[${taxes.length}]`);
    if (tax !== undefined) taxes.push(sign === -1 ? signedTax(tax, -1) : tax);
  }
  return taxes.length === 0 ? undefined : taxes;
}

function mapTax(node: XmlNode, money: Money, reading: Reading, where: string): Tax | undefined {
  const amount = amountOf(node, "Amount", money, where);
  if (amount === undefined) return undefined;
  const taxable = child(node, "TaxableAmount");
  const rate = readDecimal((firstText(node, ["Percent", "TaxPercent", "Rate"]) ?? "").replace(/%$/, ""));
  return {
    ...given("authority", idText(textOf(node, "TaxAuthority"))),
    ...given(
      "category",
      idText(
        attributeOf(node, "acs:TaxID") ??
          attributeOf(node, "r10Ex:Imposition") ??
          firstText(node, ["TaxGroupID", "TaxRuleID"]) ??
          attributeOf(node, "TaxType"),
      ),
    ),
    ...given("rate", rate),
    ...given("taxable", looseAmount(taxable?.text, money)),
    amount,
    includedInPrice: statesIncluded(node, taxable) ?? reading.taxIncluded,
    ...given("exemptReason", textOf(child(node, "TaxExemption"), "ReasonCode")),
  };
}

/** What the tax says of itself, if anything. */
function statesIncluded(node: XmlNode, taxable: XmlNode | undefined): boolean | undefined {
  const text =
    attributeOf(taxable, "TaxIncludedInTaxableAmountFlag") ??
    attributeOf(node, "TaxIncludedInPriceFlag") ??
    attributeOf(node, "IncludedInPriceFlag") ??
    textOf(node, "TaxIncludedInPrice");
  return text === undefined ? undefined : /^(true|1|y|yes)$/i.test(text);
}

function signedTax(tax: Tax, sign: -1): Tax {
  const turn = (amount: Amount): Amount => (sign === -1 && amount !== "0" ? negateAmount(absAmount(amount)) : amount);
  return { ...tax, amount: turn(tax.amount), ...(tax.taxable === undefined ? {} : { taxable: turn(tax.taxable) }) };
}

import { currencyExponent, parseAmount, TillsyncError, ZERO, type Amount, type Currency } from "@tillsync/sync-protocol";
import type { XmlNode } from "./read-tree.ts";
import { attributeOf, child, find, textOf } from "./tree.ts";

/** The currency of a receipt, with its exponent. */
export interface Money {
  readonly currency: Currency;
  readonly exponent: number;
}

/**
 * Finds the currency of a transaction: stated on it, on its totals, or on any amount; else the configured one. `XXX` is
 * no statement. Throws `capture.currency-unknown` when there is none, or one that no till can take.
 */
export function readMoney(transaction: XmlNode, body: XmlNode, configured: string | undefined): Money {
  const stated = textOf(transaction, "CurrencyCode") ?? textOf(body, "CurrencyCode") ?? onTotals(body) ?? onAmounts(body);
  const code = stated === undefined || stated === "XXX" ? configured : stated;
  const exponent = code === undefined ? undefined : currencyExponent(code);
  if (code === undefined || exponent === undefined)
    throw new TillsyncError("capture.currency-unknown", stated === undefined ? "none stated" : "CurrencyCode");
  return { currency: code as Currency, exponent };
}

export const currencyOf = (node: XmlNode | undefined): string | undefined => {
  const code = attributeOf(node, "Currency") ?? attributeOf(node, "CurrencyCode");
  return code === "XXX" ? undefined : code;
};

function onTotals(body: XmlNode): string | undefined {
  for (const total of body.children) if (total.name === "Total" && currencyOf(total) !== undefined) return currencyOf(total);
  return undefined;
}

function onAmounts(node: XmlNode): string | undefined {
  for (const c of node.children) {
    const code = currencyOf(c) ?? onAmounts(c);
    if (code !== undefined) return code;
  }
  return undefined;
}

/**
 * Reads the amount that an element holds. Throws `capture.amount-invalid` for more digits than the currency has or no
 * decimal at all, `capture.field-invalid` for an amount in another currency. `where` names it in the error.
 */
export function readAmount(node: XmlNode, money: Money, where: string): Amount {
  const parsed = parseAmount(node.text, money.exponent);
  if (!parsed.ok) throw new TillsyncError("capture.amount-invalid", `${where}: ${parsed.reason}`);
  const code = currencyOf(node);
  if (code !== undefined && code !== money.currency && parsed.amount !== ZERO)
    throw new TillsyncError("capture.field-invalid", `${where}: another currency`);
  return parsed.amount;
}

/** The amount of a child element, `undefined` when there is none or it is empty. */
export function amountOf(node: XmlNode, name: string, money: Money, where: string): Amount | undefined {
  const holder = child(node, name);
  return holder === undefined || holder.text === "" ? undefined : readAmount(holder, money, `${where}.${name}`);
}

/** The amount of the nearest element of that name at any depth: vendors nest `TenderChange` and `Amount` differently. */
export function deepAmountOf(node: XmlNode, name: string, money: Money, where: string): Amount | undefined {
  const holder = find(node, name);
  return holder === undefined || holder.text === "" ? undefined : readAmount(holder, money, `${where}.${name}`);
}

/** An amount told for the record: left out when it has more digits than money has. */
export function looseAmount(text: string | undefined, money: Money): Amount | undefined {
  const parsed = text === undefined ? undefined : parseAmount(text, money.exponent);
  return parsed?.ok === true ? parsed.amount : undefined;
}

export const absAmount = (amount: Amount): Amount => (amount.startsWith("-") ? amount.slice(1) : amount) as Amount;

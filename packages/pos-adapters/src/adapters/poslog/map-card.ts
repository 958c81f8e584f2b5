import type { Tender } from "@tillsync/sync-protocol";
import type { PoslogConfig } from "./config.ts";
import { given } from "./map-header.ts";
import { looseAmount, type Money } from "./money.ts";
import type { XmlNode } from "./read-tree.ts";
import { attributeOf, child, find, firstText, idText, textOf } from "./tree.ts";

const NUMBERS = ["PrimaryAccountNumber", "AccountNumber", "CardNumber", "MaskedPAN", "TruncatedPAN"];

/** What may be kept of a card: its scheme, its last four digits, how it was read. */
export function mapCard(item: XmlNode, node: XmlNode, config: PoslogConfig): Tender["card"] {
  const block = child(node, "CreditDebit");
  const authorization = child(node, "Authorization");
  const entry = attributeOf(item, "EntryMethod");
  const card = {
    ...given("scheme", idText(attributeOf(block, "CardType") ?? firstText(block, ["CardType", "CardBrand"]))),
    ...given("last4", lastFour(node)),
    ...given("entryMethod", idText(entry?.slice(entry.indexOf(":") + 1))),
    ...given("terminalId", idText(firstText(authorization, ["AuthorizingTermID", "TerminalID"]))),
    ...(config.includeAuthorization === true
      ? {
          ...given("authorizationCode", idText(textOf(authorization, "AuthorizationCode"))),
          ...given("reference", idText(textOf(authorization, "ReferenceNumber"))),
        }
      : {}),
  };
  return Object.keys(card).length === 0 ? undefined : card;
}

/** Number and balance of a gift card, the number masked but for its last four. */
export function mapGiftCard(node: XmlNode, money: Money): Tender["giftCard"] {
  const last4 = lastFour(node) ?? /([0-9]{4})$/.exec(find(node, "SerialNumber")?.text ?? find(node, "VoucherNumber")?.text ?? "")?.[1];
  if (last4 === undefined) return undefined;
  return {
    maskedNumber: `****${last4}`,
    ...given("balance", looseAmount(find(node, "CurrentBalance")?.text ?? find(node, "RemainingBalance")?.text, money)),
  };
}

function lastFour(node: XmlNode): string | undefined {
  for (const name of NUMBERS) {
    const digits = /([0-9]{4})\s*$/.exec(find(node, name)?.text ?? "")?.[1];
    if (digits !== undefined) return digits;
  }
  return undefined;
}

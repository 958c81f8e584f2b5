import { decimal, sum } from "./money.ts";
import { TENDER_IDS, TENDER_NAMES, VERSION } from "./poslog-names.ts";
import { STORE_PROFILES, type StoreProfile } from "./store-profile.ts";
import type { ItemLine, Receipt, ReceiptLink, TaxLine, TenderLine } from "./till-transaction.ts";
import { element, text, type Element } from "./xml.ts";

/**
 * `RetailTransaction` of POSLog 2.2. Signs follow the standard: a `Return`, a `Refund` and a `TenderChange` say by their
 * name in which direction they go, and hold positive amounts; a line that is taken back and a receipt that is taken
 * back repeat the original with every sign turned. Totals are signed.
 */
export function printReceipt(receipt: Receipt): Element {
  const profile = profileOf(receipt);
  let line = 0;
  const numbered = (attributes: Record<string, string | undefined>, content: Element): Element => {
    line += 1;
    return element("LineItem", attributes, [text("SequenceNumber", line), content]);
  };
  const items = receipt.items.map((item) =>
    numbered({ VoidFlag: item.action === "void" ? "true" : undefined, EntryMethod: item.entry }, printItem(profile, receipt, item)),
  );
  const discount = receipt.discount === 0n ? [] : [numbered({}, printDiscount(profile, receipt))];
  const taxes = receipt.taxes.map((tax) => numbered({}, printTax(profile, tax)));
  const tenders = receipt.tenders.map((tender) => numbered({}, printTender(profile, tender)));
  return element("RetailTransaction", { ...VERSION, TransactionStatus: statusOf(receipt) }, [
    text("ReceiptDateTime", receipt.header.end),
    ...items,
    ...discount,
    ...taxes,
    ...tenders,
    ...printTotals(profile, receipt),
    receipt.member === undefined ? undefined : element("LoyaltyAccount", {}, [text("LoyaltyAccountID", receipt.member)]),
    printLink("Resume", receipt.resumes),
    printLink("Void", receipt.voids),
  ]);
}

const profileOf = (receipt: Receipt): StoreProfile =>
  receipt.header.currency === STORE_PROFILES.us.currency ? STORE_PROFILES.us : STORE_PROFILES.eu;

function statusOf({ status }: Receipt): string | undefined {
  switch (status) {
    case "completed":
    case "cancelled":
      return undefined;
    case "suspended":
      return "Suspended";
    case "postVoided":
      return "PostVoided";
  }
}

function printItem(profile: StoreProfile, receipt: Receipt, item: ItemLine): Element {
  const money = (amount: bigint): string => decimal(amount, profile.exponent);
  const direction = item.action === "return" && receipt.status !== "postVoided" ? -1n : 1n;
  const { article } = item;
  return element(item.action === "return" ? "Return" : "Sale", { ItemType: "Stock" }, [
    element("POSIdentity", { POSIDType: "GTIN" }, [text("POSItemID", article.gtin)]),
    text("ItemID", article.id),
    text("MerchandiseHierarchy", article.department, { Level: "Department" }),
    text("Description", article.description),
    text("RegularSalesUnitPrice", money(item.unitPrice)),
    text("ExtendedAmount", money(item.extended * direction)),
    text("ExtendedDiscountAmount", money(item.discount * direction)),
    text("Quantity", quantity(item.quantityMilli * direction), { UnitOfMeasureCode: article.weighed ? profile.weightUnit : "EA" }),
    item.voids === undefined ? undefined : element("ItemLink", {}, [text("LineItemSequenceNumber", item.voids + 1)]),
    item.discount === 0n
      ? undefined
      : element("RetailPriceModifier", { MethodCode: "Promotion" }, [
          text("Amount", money(item.discount * direction), { Action: "Subtract" }),
          text("ReasonCode", "Offer"),
        ]),
    printLink("Return", item.returnOf, item.returnOf?.line),
    item.reason === undefined ? undefined : text("Reason", item.reason),
  ]);
}

/** Thousandths as a decimal without needless zeros: `2`, `0.425`. */
const quantity = (milli: bigint): string => decimal(milli, 3).replace(/\.?0+$/, "");

const printDiscount = (profile: StoreProfile, receipt: Receipt): Element =>
  element("Discount", {}, [text("Amount", decimal(receipt.discount, profile.exponent)), text("ReasonCode", "Whole receipt")]);

function printTax(profile: StoreProfile, tax: TaxLine): Element {
  const included = String(profile.tax === "included");
  return element("Tax", { TaxType: profile.taxType }, [
    text("TaxableAmount", decimal(tax.taxable, profile.exponent), { TaxIncludedInTaxableAmountFlag: included }),
    text("Amount", decimal(tax.amount, profile.exponent)),
    text("Percent", decimal(BigInt(tax.rate), 2)),
  ]);
}

function printTender(profile: StoreProfile, tender: TenderLine): Element {
  const money = (amount: bigint): string => decimal(amount, profile.exponent);
  const names = { TenderType: TENDER_NAMES[tender.kind], TypeCode: tender.use === "refund" ? "Refund" : "Sale" };
  const id = text("TenderID", TENDER_IDS[tender.kind]);
  if (tender.use === "change") {
    return element("Tender", names, [
      id,
      text("Amount", money(tender.amount)),
      element("TenderChange", {}, [text("Amount", money(tender.amount))]),
    ]);
  }
  return element("Tender", names, [
    id,
    text("Amount", money(tender.use === "refund" ? -tender.amount : tender.amount)),
    tender.foreign === undefined ? undefined : printForeign(tender.foreign),
    tender.card === undefined ? undefined : element("Authorization", {}, [text("AuthorizationCode", tender.card.authorization)]),
    tender.card === undefined
      ? undefined
      : element("CreditDebit", { CardType: tender.card.scheme }, [text("PrimaryAccountNumber", `XXXXXXXXXXXX${tender.card.last4}`)]),
    tender.giftCardLast4 === undefined ? undefined : element("GiftCard", {}, [text("CardNumber", `XXXXXXXXXXXX${tender.giftCardLast4}`)]),
  ]);
}

const printForeign = (foreign: NonNullable<TenderLine["foreign"]>): Element =>
  element("ForeignCurrency", {}, [
    text("CurrencyCode", foreign.currency),
    text("OriginalFaceAmount", decimal(foreign.amount, 2)),
    text("ExchangeRate", decimal(foreign.rateMillionths, 6)),
  ]);

function printTotals(profile: StoreProfile, receipt: Receipt): Element[] {
  const money = (amount: bigint): string => decimal(amount, profile.exponent);
  const tax = sum(receipt.taxes.map((line) => line.amount));
  return [
    text("Total", money(receipt.grand), { TotalType: "TransactionGrandAmount" }),
    text("Total", money(receipt.grand - tax), { TotalType: "TransactionNetAmount" }),
    text("Total", money(tax), { TotalType: "TransactionTaxAmount" }),
  ];
}

function printLink(reason: string, link: ReceiptLink | undefined, line?: number): Element | undefined {
  if (link === undefined) return undefined;
  return element("TransactionLink", { ReasonCode: reason }, [
    text("RetailStoreID", link.store),
    text("WorkstationID", link.workstation),
    text("SequenceNumber", link.sequence),
    text("BusinessDayDate", link.businessDay),
    line === undefined ? undefined : text("LineItemSequenceNumber", line),
  ]);
}

import { formatAmount, referencedKey, type Amount, type RetailTransaction, type Tax } from "@tillsync/sync-protocol";
import type { DeliveryItem } from "../connector.ts";
import { netTenders } from "../documents/net-tenders.ts";
import { planDocuments, type PlannedDocument } from "../documents/plan-documents.ts";
import { isEmpty, saleParts, sum, type GoodsLine } from "../documents/sale-parts.ts";
import { settle, type Flow } from "../documents/settle.ts";
import { shareExtras } from "../documents/share-extras.ts";
import { splitAmount, wholeUnits, type PricedUnits } from "../documents/split-amount.ts";
import type { Translation } from "../mapping/translate.ts";
import type { BooksHead, Planned } from "./bring-books.ts";

/** Goods of a document; figures above zero, whichever way they went. */
export interface BooksLine {
  /** The receiver's item. */
  readonly item: string;
  readonly description: string;
  /** Whole units at whole minor units: what was paid for the line, its share of the receipt's discounts included. */
  readonly parts: readonly PricedUnits[];
  /** The receiver's name for the line's tax, and its rate in percent; undefined: the till told none. */
  readonly tax: { readonly code: string; readonly rate: string } | undefined;
}

/** An invoice or a credit note of one side of a receipt: what was sold, or what came back. */
export interface BooksDocument extends BooksHead {
  readonly kind: "invoice" | "credit";
  /** Takes back an earlier document, of this reference and of the other kind. */
  readonly reverses: string | undefined;
  readonly naturalKey: string;
  /** Natural key of the one sale that all goods of a return name. */
  readonly sale: string | undefined;
  readonly store: string;
  readonly customer: string;
  /** `YYYY-MM-DD`. */
  readonly businessDay: string;
  readonly exponent: number;
  readonly lines: readonly BooksLine[];
  /** What settles the document: sums to its total. `exchange` is what the other side of the receipt pays. */
  readonly tenders: readonly Flow[];
}

/** Longest description that is sent. */
const DESCRIPTION_CHARS_MAX = 100;

/**
 * What an item means for books that keep invoices and credit notes apart, with no line below zero: what was sold is an
 * invoice, what came back a credit note; a reversal is the same the other way. Discounts, rounding and taxes of the whole
 * receipt are spread over its lines, so that each document comes to what was paid, to the last minor unit. Pure.
 */
export function planBooks(item: DeliveryItem, translation: Translation): Planned<BooksDocument> {
  const documents = planDocuments(item).filter(({ transaction }) => !isEmpty(saleParts(transaction)));
  const made = documents.map((document) => planSides(document, translation));
  if (translation.missing.length > 0) return { kind: "mapping-missing", missing: translation.missing };
  const whole = made.filter((one) => one !== undefined);
  if (whole.length < made.length)
    return { kind: "rejected", detail: "the receipt's tenders do not settle its goods: it has no form as invoices and credit notes" };
  return whole.length === 0 ? { kind: "nothing", reason: "no goods and no money" } : { kind: "plan", documents: whole.flat() };
}

/** Minor units as decimal text in major ones. */
export const majorText = (minor: bigint, { exponent }: Pick<BooksDocument, "exponent">): string =>
  formatAmount(minor.toString() as Amount, exponent);

function planSides(document: PlannedDocument, translation: Translation): BooksDocument[] | undefined {
  const { role, reference, naturalKey, transaction } = document;
  const parts = saleParts(transaction);
  const tenders = netTenders(transaction, (tender) => translation.tender(tender));
  const settled = settle(parts, tenders);
  const toSold = parts.sold.length > 0 || parts.returned.length === 0;
  const extras = sum(parts.extras.map(({ amount }) => amount));
  const sold = linesOf(parts.sold, toSold ? extras : 0n, translation);
  const returned = linesOf(parts.returned, toSold ? 0n : -extras, translation);
  const exchange = settled?.payments.some(({ label }) => label === "exchange") === true ? translation.account("exchange") : "";
  const common = headOf(transaction, translation);
  if (settled === undefined || sold === undefined || returned === undefined) return undefined;
  const isPost = role === "post";
  const side = (way: "sold" | "returned", lines: readonly BooksLine[], total: bigint, flows: readonly Flow[]): BooksDocument => ({
    ...common,
    reference,
    naturalKey,
    kind: (way === "sold") === isPost ? "invoice" : "credit",
    reverses: isPost ? undefined : document.of,
    sale: isPost && way === "returned" ? saleOf(parts.returned, naturalKey) : undefined,
    total,
    money: (way === "sold") === isPost ? total : -total,
    lines,
    tenders: flows.map((flow) => (flow.label === "exchange" ? { ...flow, code: exchange } : flow)),
  });
  return [
    ...(sold.length === 0 ? [] : [side("sold", sold, settled.sold, settled.payments)]),
    ...(returned.length === 0 ? [] : [side("returned", returned, settled.returned, settled.refunds)]),
  ];
}

const headOf = ({ identity, currency, exponent }: RetailTransaction, translation: Translation) => ({
  store: translation.store(identity.store),
  customer: translation.customer(undefined),
  businessDay: identity.businessDay,
  currency,
  exponent,
});

/** Undefined: there are no goods to bear the extras, or more is taken off than there is. */
function linesOf(goods: readonly GoodsLine[], extras: bigint, translation: Translation): BooksLine[] | undefined {
  const amounts = shareExtras(
    goods.map(({ gross }) => gross),
    extras,
  );
  return amounts?.map((amount, at) => {
    const { line, quantity } = goods[at] as GoodsLine;
    const units = wholeUnits(quantity);
    const weight = units === 1 && quantity !== "1" ? ` (${quantity} ${line.quantity.uom})` : "";
    return {
      item: translation.item(line),
      description: `${(line.description ?? line.itemId).slice(0, DESCRIPTION_CHARS_MAX - weight.length)}${weight}`,
      parts: splitAmount(amount, units),
      tax: taxOf(line.taxes, translation),
    };
  });
}

/** A line's tax; of several the one with the greatest amount. */
function taxOf(taxes: readonly Tax[] | undefined, translation: Translation): BooksLine["tax"] {
  const tax = taxes?.toSorted((a, b) => (magnitude(b.amount) > magnitude(a.amount) ? 1 : -1))[0];
  return tax === undefined ? undefined : { code: translation.tax(tax), rate: tax.rate ?? "0" };
}

const magnitude = (amount: Amount): bigint => BigInt(amount.replace("-", ""));

function saleOf(returned: readonly GoodsLine[], own: string): string | undefined {
  const [first, ...others] = new Set(returned.map(({ line }) => (line.returnOf === undefined ? undefined : referencedKey(line.returnOf))));
  return others.length === 0 && first !== own ? first : undefined;
}

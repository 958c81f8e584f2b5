import { formatAmount, referencedKey, type Amount, type RetailTransaction } from "@tillsync/sync-protocol";
import type { DeliveryItem, Mapped, MissingCode } from "../connector.ts";
import { netTenders } from "../documents/net-tenders.ts";
import { planDocuments, type PlannedDocument } from "../documents/plan-documents.ts";
import { isEmpty, saleParts, sum, type GoodsLine } from "../documents/sale-parts.ts";
import { settle, type Flow } from "../documents/settle.ts";
import { shareExtras } from "../documents/share-extras.ts";
import { startTranslation, type Translation } from "../mapping/translate.ts";
import type { ShopifyConfig } from "./manifest.ts";
import { planStock } from "./stock/plan-stock.ts";

/** Money back on an order of ours. `on`: the receipt that the order is of; `order`: its reference, where that is known. */
export interface PlannedRefund {
  readonly reference: string;
  readonly on: string;
  readonly order: string | undefined;
  readonly total: bigint;
  readonly flows: readonly { readonly gateway: string; readonly amount: string }[];
  readonly goods: readonly { readonly sku: string; readonly quantity: number }[];
}

export interface PlannedOrder {
  readonly reference: string;
  readonly total: bigint;
  /** `OrderCreateOrderInput`. */
  readonly input: Readonly<Record<string, unknown>>;
}

export interface ShopifyDocument {
  readonly reference: string;
  readonly refund: PlannedRefund | undefined;
  readonly order: PlannedOrder | undefined;
}

/** In what amounts are counted. */
export interface MoneyUnit {
  readonly currency: string;
  readonly exponent: number;
}

export type Planned =
  | { readonly kind: "plan"; readonly documents: readonly ShopifyDocument[]; readonly unit: MoneyUnit }
  | { readonly kind: "nothing"; readonly reason: string }
  | { readonly kind: "mapping-missing"; readonly missing: readonly MissingCode[] }
  | { readonly kind: "rejected"; readonly detail: string };

interface Terms {
  readonly translation: Translation;
  readonly config: ShopifyConfig;
}

/** What an item becomes at Shopify, ids of Shopify's left out. Pure. */
export function planItem(item: DeliveryItem, config: ShopifyConfig): Planned {
  const documents = planDocuments(item).filter(({ transaction }) => !isEmpty(saleParts(transaction)));
  const [first] = documents;
  const { currency } = config;
  if (first === undefined) return { kind: "nothing", reason: "no goods and no money for Shopify" };
  if (documents.some(({ transaction }) => transaction.currency !== currency))
    return { kind: "rejected", detail: `the shop is in ${currency}, and the receipt is not` };
  const translation = startTranslation(config.mapping);
  const made = documents.map((document) => planDocument(document, { translation, config }));
  if (translation.missing.length > 0) return { kind: "mapping-missing", missing: translation.missing };
  const refused = made.find((one) => typeof one === "string");
  if (typeof refused === "string") return { kind: "rejected", detail: refused };
  return {
    kind: "plan",
    documents: made.filter((one) => typeof one !== "string"),
    unit: { currency, exponent: first.transaction.exponent },
  };
}

/** The requests of an item for the dry run. */
export function mapItem(item: DeliveryItem, config: ShopifyConfig): Mapped {
  const stock = mapStock(item, config);
  if (item.transaction.transactionType === "Inventory") return stock;
  const planned = planItem(item, config);
  if (planned.kind !== "plan") return planned;
  if (stock.kind === "mapping-missing" || stock.kind === "rejected") return stock;
  return {
    kind: "requests",
    requests: [
      ...planned.documents.flatMap(({ reference, order, refund }) => [
        ...(refund === undefined
          ? []
          : [{ reference, what: "refundCreate", body: { on: refund.on, flows: refund.flows, goods: refund.goods } }]),
        ...(order === undefined ? [] : [{ reference, what: "orderCreate", body: order.input }]),
      ]),
      ...(stock.kind === "requests" ? stock.requests : []),
    ],
  };
}

function mapStock(item: DeliveryItem, config: ShopifyConfig): Mapped {
  const planned = planStock(item, config);
  if (planned.kind !== "stock") return planned;
  return {
    kind: "requests",
    requests: planned.parts.map((part) => ({
      reference: part.reference,
      what: part.kind === "count" ? "inventorySetQuantities" : "inventoryAdjustQuantities",
      body: { location: part.location, reason: part.reason, levels: part.levels },
    })),
  };
}

/** A document, or why it has no form at Shopify. */
function planDocument(document: PlannedDocument, terms: Terms): ShopifyDocument | string {
  const { transaction, reference } = document;
  const parts = saleParts(transaction);
  const settled = settle(
    parts,
    netTenders(transaction, (tender) => terms.translation.tender(tender)),
  );
  if (settled === undefined) return "the receipt's tenders do not settle its goods: it has no form as orders and refunds";
  const isPost = document.role === "post";
  // What is taken back changes sides: sold goods are refunded, returned goods are sold again.
  const [goods, back] = isPost ? [parts.sold, parts.returned] : [parts.returned, parts.sold];
  const total = isPost ? settled.sold : settled.returned;
  const [payments, refunds] = isPost ? [settled.payments, settled.refunds] : [settled.refunds, settled.payments];
  const shared = shareExtras(
    goods.map(({ gross }) => gross),
    total - sum(goods.map(({ gross }) => gross)),
  );
  const needsOrder = goods.length > 0 || (isPost && back.length === 0);
  if (needsOrder && shared === undefined) return "discounts exceed what was sold";
  const on = isPost ? soldAs(parts.returned) : document.naturalKey;
  if (back.length > 0 && on === undefined) return WITHOUT_SALE;
  return {
    reference,
    refund:
      back.length === 0 || on === undefined
        ? undefined
        : {
            reference,
            on,
            order: isPost ? undefined : document.of,
            total: sum(refunds.map(({ amount, tip }) => amount + tip)),
            flows: refunds.map(({ code, amount, tip }) => ({ gateway: code, amount: units(amount + tip, transaction.exponent) })),
            goods: back.map((one) => ({ sku: terms.translation.item(one.line), quantity: wholeUnits(one) })),
          },
    order: needsOrder ? { reference, total, input: orderInput(document, { goods, shared: shared ?? [], payments }, terms) } : undefined,
  };
}

/** Shopify refunds orders only: no mutation gives money back that belongs to none. */
const WITHOUT_SALE =
  "goods came back without the one sale that they belong to: there is no order to refund (destination.return-without-sale)";

/** The one receipt under which all returned goods were sold. */
function soldAs(returned: readonly GoodsLine[]): string | undefined {
  const keys = new Set(returned.map(({ line }) => (line.returnOf === undefined ? undefined : referencedKey(line.returnOf))));
  const [key] = keys;
  return keys.size === 1 ? key : undefined;
}

const units = (amount: bigint, exponent: number): string => formatAmount(amount.toString() as Amount, exponent);
/** Shopify counts whole units; a weight is one. */
const wholeUnits = ({ quantity }: GoodsLine): number => (/^[1-9]\d{0,5}$/.test(quantity) ? Number(quantity) : 1);

interface Sides {
  readonly goods: readonly GoodsLine[];
  readonly shared: readonly bigint[];
  readonly payments: readonly Flow[];
}

/** An order whose prices have their taxes inside, with each tax's amount as the till told it: Shopify reckons nothing anew. */
function orderInput(
  document: PlannedDocument,
  { goods, shared, payments }: Sides,
  { translation, config }: Terms,
): Record<string, unknown> {
  const { transaction, reference, naturalKey } = document;
  const { currency, exponent, identity, end } = transaction;
  const bag = (amount: bigint): object => ({ shopMoney: { amount: units(amount, exponent), currencyCode: currency } });
  const time = end?.utc === undefined ? {} : { processedAt: end.utc };
  return {
    sourceIdentifier: reference,
    sourceName: config.sourceName,
    currency,
    taxesIncluded: true,
    lineItems: goods.flatMap((one, at) => lineItems(one, shared[at] ?? 0n, bag, translation, transaction)),
    transactions: payments.map(({ code, amount, tip }) => ({
      kind: "SALE",
      status: "SUCCESS",
      gateway: code,
      amountSet: bag(amount + tip),
      ...time,
    })),
    customAttributes: [
      { key: "receipt", value: naturalKey },
      { key: "store", value: translation.store(identity.store) },
    ],
    fulfillmentStatus: "FULFILLED",
    ...time,
  };
}

/** A price has no parts of a cent: units whose amount does not divide become two lines whose prices differ by one. */
function lineItems(
  goods: GoodsLine,
  amount: bigint,
  bag: (amount: bigint) => object,
  translation: Translation,
  transaction: RetailTransaction,
): object[] {
  const { line, quantity } = goods;
  const count = BigInt(wholeUnits(goods));
  const [price, rest] = [amount / count, amount % count];
  const sku = translation.item(line);
  const isBack = line.extendedAmount.startsWith("-");
  const taxLines = (line.taxes ?? []).flatMap((tax) =>
    tax.rate === undefined || tax.rate.startsWith("-")
      ? []
      : [{ title: translation.tax(tax), rate: asProportion(tax.rate), priceSet: bag(isBack ? -BigInt(tax.amount) : BigInt(tax.amount)) }],
  );
  const weight =
    wholeUnits(goods) === Number(quantity) ? {} : { properties: [{ name: "quantity", value: `${quantity} ${line.quantity.uom}` }] };
  const item = (units_: bigint, each: bigint, taxes: object[]): object => ({
    sku,
    title: line.description ?? line.itemId,
    quantity: Number(units_),
    priceSet: bag(each),
    requiresShipping: false,
    taxable: (transaction.computed.exclusiveTax !== "0" || (line.taxes ?? []).length > 0) && taxes.length > 0,
    ...(taxes.length === 0 ? {} : { taxLines: taxes }),
    ...weight,
  });
  return rest === 0n ? [item(count, price, taxLines)] : [item(count - rest, price, taxLines), item(rest, price + 1n, [])];
}

/** `8.875` percent is `0.08875`. */
function asProportion(rate: string): string {
  const [whole = "0", fraction = ""] = rate.split(".");
  const digits = whole.padStart(3, "0");
  return `${digits.slice(0, -2).replace(/^0+(?=\d)/, "")}.${digits.slice(-2)}${fraction}`;
}

import { negateAmount, sumAmounts, subtractAmounts, ZERO, type Amount, type RetailTransaction } from "@tillsync/sync-protocol";
import type { PlannedDocument } from "../documents/plan-documents.ts";
import type { Translation } from "../mapping/translate.ts";
import { abs, exact, negateText, unitPrice } from "./decimals.ts";
import type { TrytonConfig } from "./manifest.ts";
import type { MappedLine, MappedSale } from "./mapped.ts";
import { netLines, type NetLine } from "./net-lines.ts";
import { returnedReceipt } from "./returned-receipt.ts";

/** A name in the mapping's `taxes` that stands for no tax at all. */
const NO_TAX = "-";
const DESCRIPTION_CHARS_MAX = 200;

export type SaleOrReason = { readonly sale: MappedSale } | { readonly reason: string };

/** The sale that a planned document is in Tryton, or why it cannot be one. A reversal is the same sale with every sign turned. */
export function mapSale(document: PlannedDocument, translation: Translation, config: TrytonConfig): SaleOrReason {
  const receipt = document.transaction;
  const nets = netLines(receipt);
  if (nets === undefined) return { reason: "taxes of several rates for the whole receipt, and none at its lines" };
  const total = receipt.reported.grand ?? receipt.computed.grand;
  const payments = sumPayments(receipt, translation);
  const paid = sumAmounts(payments.map(({ amount }) => amount));
  if (paid !== total) return { reason: `tenders of ${paid} against a total of ${total}, in minor units` };
  const posted: MappedSale = {
    document: "sale",
    reference: document.reference,
    reverses: document.role === "reverse" ? document.of : undefined,
    description: document.naturalKey.slice(0, DESCRIPTION_CHARS_MAX),
    returnsOf: document.role === "post" ? returnedReceipt(receipt) : undefined,
    warehouse: translation.store(receipt.identity.store),
    customer: translation.customer(receipt.loyalty?.memberRef ?? receipt.customerRef),
    currency: receipt.currency,
    exponent: receipt.exponent,
    day: receipt.identity.businessDay,
    total,
    roundingProduct: translation.account("rounding"),
    lines: [...nets.map((net) => mapLine(net, receipt, translation, config)), ...cashRounding(receipt, translation)],
    payments,
  };
  return { sale: document.role === "post" ? posted : turnSale(posted) };
}

function mapLine({ line, net, taxes }: NetLine, receipt: RetailTransaction, translation: Translation, config: TrytonConfig): MappedLine {
  const quantity = exact(line.quantity.value);
  // Money without goods: one of it, so that the amount stands.
  const counted = quantity.digits === 0n ? { text: "1", value: exact("1") } : { text: line.quantity.value, value: quantity };
  const named = taxes.map((tax) => translation.tax(tax)).filter((name) => name !== NO_TAX);
  return {
    product: translation.item(line),
    quantity: counted.text,
    unit: config.units[line.quantity.uom],
    unitPrice: unitPrice(net, receipt.exponent, counted.value, config.priceDecimals),
    taxes: taxes.length === 0 ? [translation.tax(undefined)].filter((name) => name !== NO_TAX) : named,
    description: (line.description ?? line.itemId).slice(0, DESCRIPTION_CHARS_MAX),
    slack: slackOf(counted.value, receipt.exponent, config.priceDecimals),
  };
}

/** Half of the price's last decimal for every piece, and a cent each for the amount and the tax. */
function slackOf(quantity: { digits: bigint; scale: number }, exponent: number, decimals: number): number {
  const pieces = abs(quantity.digits) / 10n ** BigInt(quantity.scale) + 1n;
  return 2 + Number((pieces * 10n ** BigInt(exponent)) / 10n ** BigInt(decimals));
}

/** What the till rounded in cash, as a line of its own: the customer owed that much more or less. */
function cashRounding(receipt: RetailTransaction, translation: Translation): MappedLine[] {
  const amount = receipt.rounding?.amount ?? ZERO;
  if (amount === ZERO) return [];
  return [roundingLine(translation.account("rounding"), amount, receipt.exponent, "Cash rounding")];
}

export const roundingLine = (product: string, amount: Amount, exponent: number, description: string): MappedLine => ({
  product,
  quantity: "1",
  unit: undefined,
  unitPrice: unitPrice(BigInt(amount), exponent, exact("1"), exponent),
  taxes: [],
  description,
  slack: 0,
});

/** By payment method, change and refunds off, tips left out: they are no part of what the goods cost. */
function sumPayments(receipt: RetailTransaction, translation: Translation): { method: string; amount: Amount }[] {
  const byMethod = new Map<string, Amount>();
  for (const tender of receipt.tenders) {
    const method = translation.tender(tender);
    const amount = subtractAmounts(tender.amount, tender.tip ?? ZERO);
    byMethod.set(method, sumAmounts([byMethod.get(method) ?? ZERO, amount]));
  }
  return [...byMethod].map(([method, amount]) => ({ method, amount })).filter(({ amount }) => amount !== ZERO);
}

/** The same goods and money the other way. */
export const turnSale = (sale: MappedSale): MappedSale => ({
  ...sale,
  total: negateAmount(sale.total),
  lines: sale.lines.map((line) => ({ ...line, quantity: negateText(line.quantity) })),
  payments: sale.payments.map(({ method, amount }) => ({ method, amount: negateAmount(amount) })),
});

import { negateAmount, type RetailTransaction } from "@tillsync/sync-protocol";
import type { PlannedDocument } from "../documents/plan-documents.ts";
import type { Translation } from "../mapping/translate.ts";
import type { NetLine } from "./net-lines.ts";
import { orderTotal, type PlannedLine, type PlannedRefund, type VendurePlan } from "./plan.ts";
import { wholeUnits } from "./quantities.ts";
import { splitLine } from "./split-line.ts";
import { splitReceipt, type ReceiptSides, type ReturnGroup } from "./split-receipt.ts";

/**
 * What a document means for Vendure. A sale is an order. A return is a refund and a cancellation on the order of the
 * receipt that it names; without one it is an order with a negative line. An exchange is both. What is taken back again
 * is the other way about: orders are refunded and cancelled whole, returned goods are sold again. `reversal` is the reference
 * of such an order, where the same item took back an earlier revision first.
 */
export function planDocument(
  document: PlannedDocument,
  { revision, reversal }: { revision: number; reversal: string | undefined },
  translation: Translation,
): VendurePlan {
  const { transaction, role } = document;
  const sides = splitReceipt(transaction);
  const parts = role === "post" ? planPost(sides, translation, reversal) : planReversal(document.of, sides, translation);
  return {
    reference: document.reference,
    naturalKey: document.naturalKey,
    revision,
    role,
    currency: transaction.currency,
    store: translation.store(transaction.identity.store),
    soldAt: soldAt(transaction),
    customer: translation.customer(transaction.customerRef ?? transaction.loyalty?.memberRef),
    tenders: transaction.tenders.map((tender) => ({
      type: translation.tender(tender),
      amount: role === "post" ? tender.amount : negateAmount(tender.amount),
    })),
    returnSku: parts.refunds.length + sides.blind.length > 0 ? translation.account("return") : "",
    ...parts,
  };
}

type Parts = Pick<VendurePlan, "total" | "refunds" | "lines">;

function planPost(sides: ReceiptSides, translation: Translation, orElse?: string): Parts {
  const refunds = sides.returns.map((group): PlannedRefund => {
    const goods = group.lines.map((line) => returnedGoods(line, translation));
    const again = orElse === undefined ? {} : { orElse };
    return { of: { receipt: group.receipt }, amount: group.amount > 0n ? group.amount : 0n, goods, ...again };
  });
  return balance({ total: sides.grand, refunds, lines: orderLines(sides, translation) }, translation);
}

/** An order that came to nothing or less has no payment to refund: its goods come back, its money is an order again. */
function planReversal(of: string, sides: ReceiptSides, translation: Translation): Parts {
  const posted = planPost(sides, translation).lines;
  const total = orderTotal(posted);
  const refunds: PlannedRefund[] = posted.length === 0 ? [] : [{ of: { reference: of }, amount: total > 0n ? total : 0n, goods: "all" }];
  const lines = sides.returns.flatMap((group) => sellAgain(group, translation));
  return balance({ total: -sides.grand, refunds, lines }, translation);
}

/** Puts what refunds and lines miss of the total on a line of its own. */
function balance(parts: Parts, translation: Translation): Parts {
  const given = parts.refunds.reduce((sum, refund) => sum + refund.amount, 0n);
  const missing = parts.total + given - orderTotal(parts.lines);
  if (missing === 0n) return parts;
  return { ...parts, lines: [...parts.lines, collective("difference", translation.account("difference"), missing)] };
}

function orderLines({ sold, blind, extras }: ReceiptSides, translation: Translation): PlannedLine[] {
  return [
    ...sold.flatMap((line) => sellLine(line, translation, line.quantity, line.amount)),
    ...blind.map((line) => collective(String(line.source.line), translation.account("return"), line.amount)),
    ...extras.map(({ role, amount }) => collective(role, translation.account(role), amount)),
  ];
}

const sellAgain = (group: ReturnGroup, translation: Translation): PlannedLine[] =>
  group.lines.flatMap((line) => sellLine(line, translation, -line.quantity, -line.amount));

const sellLine = ({ source }: NetLine, translation: Translation, quantity: bigint, amount: bigint): PlannedLine[] =>
  splitLine(String(source.line), translation.item(source), quantity, source.quantity.uom, amount);

const collective = (role: string, sku: string, amount: bigint): PlannedLine => ({
  line: role,
  sku,
  quantity: 1,
  unitPrice: Number(amount),
});

/** A weight was sold as one unit, and comes back as one. */
const returnedGoods = ({ source, quantity }: NetLine, translation: Translation) => ({
  sku: translation.item(source),
  line: source.returnOf?.line === undefined ? undefined : String(source.returnOf.line),
  quantity: Number(wholeUnits(-quantity) ?? 1n),
});

const soldAt = ({ end, begin }: RetailTransaction): string | undefined => {
  const time = end ?? begin;
  return time?.utc ?? (time === undefined ? undefined : `${time.local}${time.offset ?? ""}`);
};

import { formatAmount, referencedKey, type Amount, type RetailTransaction } from "@tillsync/sync-protocol";
import { netTenders } from "../documents/net-tenders.ts";
import type { PlannedDocument } from "../documents/plan-documents.ts";
import { saleParts, sum, type GoodsLine, type SaleParts } from "../documents/sale-parts.ts";
import { settle, type Settlement } from "../documents/settle.ts";
import { shareExtras } from "../documents/share-extras.ts";
import { splitAmount, wholeUnits } from "../documents/split-amount.ts";
import type { Translation } from "../mapping/translate.ts";
import type { MedusaConfig } from "./manifest.ts";
import type { MedusaDocument, OrderPart, PlannedGive, PlannedLine, PlannedOrder } from "./plan.ts";

/** Longest name that is sent. */
const NAME_CHARS_MAX = 250;

/** Goods that came back, with what was given back for them. */
interface Returned {
  readonly goods: GoodsLine;
  readonly amount: bigint;
  /** Natural key of the sale; undefined: it names none. */
  readonly sale: string | undefined;
}

/** A document as orders, returns and what is owed. Undefined: its tenders do not settle its goods. */
export function planDocument(document: PlannedDocument, translation: Translation, config: MedusaConfig): MedusaDocument | undefined {
  const { role, reference, naturalKey, transaction } = document;
  const parts = saleParts(transaction);
  const settled = settle(
    parts,
    netTenders(transaction, (tender) => translation.tender(tender)),
  );
  const returned = returnedGoods(parts, naturalKey);
  const order = orderMaker(document, translation.store(transaction.identity.store), settled);
  const lineOf = (goods: GoodsLine, isStocked: boolean) => linesOf(goods, translation, config, isStocked);
  const hasOrder = parts.sold.length > 0 || parts.returned.length === 0;
  const saleLines = hasOrder ? [...parts.sold.flatMap((goods) => lineOf(goods, true)(goods.gross)), ...parts.extras.map(extraLine)] : [];
  const blind = (returned ?? []).filter(({ sale }) => sale === undefined);
  if (settled === undefined || returned === undefined) return undefined;
  if (role === "post")
    return {
      reference,
      naturalKey,
      order: hasOrder ? order("sale", saleLines) : undefined,
      gives: givesOf(returned),
      owed: order(
        "owed",
        blind.flatMap(({ goods, amount }) => lineOf(goods, false)(amount).map(negated)),
      ),
    };
  const resold = returned.flatMap(({ goods, amount, sale }) => lineOf(goods, sale !== undefined)(amount));
  return {
    reference,
    naturalKey,
    order: resold.length === 0 ? undefined : order("resale", resold),
    gives: hasOrder ? [{ from: { reference: document.of }, items: undefined, amount: settled.sold }] : [],
    owed: order("owed", []),
  };
}

function orderMaker(
  { role, reference, naturalKey, transaction }: PlannedDocument,
  location: string,
  settled: Settlement | undefined,
): (part: OrderPart, lines: readonly PlannedLine[]) => PlannedOrder {
  const { currency, exponent, identity, end } = transaction;
  const tenders = [
    ...(settled?.payments ?? []).map((flow) => ({ ...flow, went: "in" })),
    ...(settled?.refunds ?? []).map((flow) => ({ ...flow, went: "out" })),
  ].map(({ code, label, amount, went }) => ({ went, code, label, amount: majorOf(amount, transaction) }));
  const metadata = {
    pos_reference: reference,
    pos_receipt: naturalKey,
    pos_role: role,
    pos_store: identity.store,
    ...(end?.utc === undefined ? {} : { pos_sold_at: end.utc }),
    pos_tenders: tenders,
  };
  return (part, lines) =>
    withTotal({ reference, part, currency, exponent, total: 0n, location, lines, metadata: { ...metadata, pos_part: part } });
}

/** An order whose total is that of its lines. */
export const withTotal = (order: PlannedOrder): PlannedOrder => {
  const total = sum(order.lines.map(({ units, price }) => BigInt(units) * price));
  return { ...order, total, metadata: { ...order.metadata, pos_total: total.toString() } };
};

export const majorOf = (minor: bigint, { exponent }: Pick<RetailTransaction, "exponent">): string =>
  formatAmount(minor.toString() as Amount, exponent);

const extraLine = ({ label, amount }: SaleParts["extras"][number]): PlannedLine => ({
  itemId: undefined,
  sku: undefined,
  title: label.slice(0, NAME_CHARS_MAX),
  units: 1,
  price: amount,
});

const negated = (line: PlannedLine): PlannedLine => ({ ...line, price: -line.price });

const linesOf =
  ({ line, quantity }: GoodsLine, translation: Translation, config: MedusaConfig, isStocked: boolean) =>
  (amount: bigint): PlannedLine[] => {
    const units = wholeUnits(quantity);
    const weight = units === 1 && quantity !== "1" ? ` (${quantity} ${line.quantity.uom})` : "";
    const title = `${(line.description ?? line.itemId).slice(0, NAME_CHARS_MAX)}${weight}`;
    const sku = config.lines === "catalog" && isStocked ? translation.item(line) : undefined;
    return splitAmount(amount, units).map(({ units: count, price }) => ({ itemId: line.itemId, sku, title, units: count, price }));
  };

/** Undefined: more was taken off than came back. */
function returnedGoods(parts: SaleParts, own: string): Returned[] | undefined {
  const toSold = parts.sold.length > 0 || parts.returned.length === 0;
  const extras = toSold ? 0n : -sum(parts.extras.map(({ amount }) => amount));
  const amounts = shareExtras(
    parts.returned.map(({ gross }) => gross),
    extras,
  );
  return amounts?.map((amount, at) => {
    const goods = parts.returned[at] as GoodsLine;
    const sale = goods.line.returnOf === undefined ? undefined : referencedKey(goods.line.returnOf);
    return { goods, amount, sale: sale === own ? undefined : sale };
  });
}

function givesOf(returned: readonly Returned[]): PlannedGive[] {
  const named = returned.flatMap((one) => (one.sale === undefined ? [] : [{ ...one, sale: one.sale }]));
  return [...Map.groupBy(named, ({ sale }) => sale)].map(([sale, some]) => ({
    from: { sale },
    items: some.map(({ goods }) => ({ itemId: goods.line.itemId, units: wholeUnits(goods.quantity) })),
    amount: sum(some.map(({ amount }) => amount)),
  }));
}

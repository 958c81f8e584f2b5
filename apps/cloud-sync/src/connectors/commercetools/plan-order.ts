import type { Decimal, RetailTransaction } from "@tillsync/sync-protocol";
import { sum, type GoodsLine, type SaleParts } from "../documents/sale-parts.ts";
import type { Translation } from "../mapping/translate.ts";
import type { CommercetoolsConfig } from "./manifest.ts";
import type { Money } from "./plan.ts";

/** Longest name and slug that are sent. */
const NAME_CHARS_MAX = 250;
const SLUG_CHARS_MAX = 256;

type Part = Readonly<Record<string, unknown>>;

/** How a sale's order calls an item: its SKU, or the slug of a line that bears a name alone. */
export const codeOf = (goods: GoodsLine, translation: Translation, config: CommercetoolsConfig): string =>
  config.lines === "catalog" ? translation.item(goods.line) : slugOf(goods.line.itemId);

const slugOf = (text: string): string =>
  `i-${text.replaceAll(/[^A-Za-z0-9-]/g, (char) => `_${(char.codePointAt(0) ?? 0).toString(16)}_`)}`.slice(0, SLUG_CHARS_MAX);

/** Items of a line as the order counts them: whole ones; a weight is one item. */
export const unitsOf = ({ quantity }: GoodsLine): number => (/^[1-9]\d{0,8}$/.test(quantity) ? Number(quantity) : 1);

/** The import of what was sold, its payments apart: lines and extras sum to the total, to the last minor unit. */
export function planOrder(
  reference: string,
  naturalKey: string,
  parts: SaleParts,
  transaction: RetailTransaction,
  translation: Translation,
  config: CommercetoolsConfig,
): { readonly total: Money; readonly body: Part } {
  const money = (amount: bigint): Money => ({ centAmount: Number(amount), currencyCode: transaction.currency });
  const total = sum(parts.sold.map(({ gross }) => gross)) + sum(parts.extras.map(({ amount }) => amount));
  const lines = parts.sold.flatMap((goods) => splitLine(goods, translation, config, money));
  const extras = parts.extras.map(({ label, amount }, at) => ({
    name: { [config.locale]: label.slice(0, NAME_CHARS_MAX) },
    slug: `extra-${at}`,
    quantity: 1,
    money: money(amount),
  }));
  const isCatalog = config.lines === "catalog";
  const completedAt = transaction.end?.utc;
  return {
    total: money(total),
    body: {
      orderNumber: reference,
      purchaseOrderNumber: naturalKey.slice(0, NAME_CHARS_MAX),
      store: { typeId: "store", key: translation.store(transaction.identity.store) },
      lineItems: isCatalog ? lines : [],
      customLineItems: [...(isCatalog ? [] : lines), ...extras],
      totalPrice: money(total),
      taxedPrice: taxedPrice(parts, transaction, total, translation, money),
      orderState: "Complete",
      shipmentState: "Delivered",
      paymentState: "Paid",
      ...(completedAt === undefined ? {} : { completedAt }),
    },
  };
}

/** An amount that its quantity does not divide becomes two lines, a minor unit apart. */
function splitLine(goods: GoodsLine, translation: Translation, config: CommercetoolsConfig, money: (amount: bigint) => Money): Part[] {
  const { line, quantity, gross } = goods;
  const units = unitsOf(goods);
  const [base, dearer] = [gross / BigInt(units), Number(gross % BigInt(units))];
  const weight = units === 1 && quantity !== "1" ? ` (${quantity} ${line.quantity.uom})` : "";
  const name = { [config.locale]: `${(line.description ?? line.itemId).slice(0, NAME_CHARS_MAX)}${weight}` };
  const code = codeOf(goods, translation, config);
  const priced = [
    { count: units - dearer, price: base },
    { count: dearer, price: base + 1n },
  ].filter(({ count }) => count > 0);
  return priced.map(({ count, price }) =>
    config.lines === "catalog"
      ? { name, variant: { sku: code }, quantity: count, price: { value: money(price) } }
      : { name, slug: code, quantity: count, money: money(price) },
  );
}

/** Taxes by name and rate, as the receipt printed them; those that tell no rate stay within the net. */
function taxedPrice(
  { sold }: SaleParts,
  transaction: RetailTransaction,
  total: bigint,
  translation: Translation,
  money: (amount: bigint) => Money,
): Part {
  const ofLines = sold.flatMap(({ line }) => line.taxes ?? []);
  const isWhole = transaction.lines.every(({ action, taxes }) => action === "sale" && taxes === undefined);
  const portions = new Map<string, { name: string; rate: number; amount: bigint }>();
  for (const tax of isWhole ? (transaction.taxes ?? []) : ofLines) {
    if (tax.rate === undefined || tax.rate.startsWith("-")) continue;
    const name = translation.tax(tax);
    const key = `${tax.rate} ${name}`;
    const known = portions.get(key) ?? { name, rate: fractionOf(tax.rate), amount: 0n };
    portions.set(key, { ...known, amount: known.amount + BigInt(tax.amount) });
  }
  const taxes = [...portions.values()];
  return {
    totalNet: money(total - sum(taxes.map(({ amount }) => amount))),
    totalGross: money(total),
    taxPortions: taxes.map(({ amount, ...portion }) => ({ ...portion, amount: money(amount) })),
  };
}

/** `"8.875"` per cent is 0.08875: the point moves in the text, and nothing is divided. */
export function fractionOf(percent: Decimal): number {
  const [whole = "0", fraction = ""] = percent.split(".");
  const digits = whole.padStart(3, "0");
  return Number(`${digits.slice(0, -2)}.${digits.slice(-2)}${fraction}`);
}

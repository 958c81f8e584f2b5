import type { Decimal } from "@tillsync/sync-protocol";
import { extend, priceFor } from "../documents/decimals.ts";
import type { Extra, GoodsLine } from "../documents/sale-parts.ts";
import type { Translation } from "../mapping/translate.ts";
import type { SquareConfig } from "./manifest.ts";
import type { Money } from "./plan.ts";

/** Digits behind the point that Square keeps of a quantity, and characters of the whole. */
const QUANTITY_DIGITS_MAX = 5;
const QUANTITY_CHARS_MAX = 12;
const NAME_CHARS_MAX = 512;
const SMALL_NAME_CHARS_MAX = 255;

type Part = Readonly<Record<string, unknown>>;

/**
 * Lines, taxes, discounts and charges of an order whose total is exact by itself, whatever Square's tax arithmetic: prices
 * include their taxes, which Square then only tells apart. A quantity that does not divide its amount gets the next price
 * above it and a discount of the rest.
 */
export function planOrderParts(
  lines: readonly GoodsLine[],
  extras: readonly Extra[],
  money: (amount: bigint) => Money,
  translation: Translation,
  config: SquareConfig,
): Part {
  const taxes = new Map<string, Part>();
  const discounts: Part[] = [];
  const items = lines.map((goods, at) => {
    const { quantity, price, surplus } = priceExactly(goods);
    if (surplus > 0n)
      discounts.push({ uid: `rest-${at}`, name: "Price of parts", type: "FIXED_AMOUNT", amount_money: money(surplus), scope: "LINE_ITEM" });
    const taxUids = planTaxes(goods, translation, taxes);
    return {
      uid: `line-${at}`,
      ...itemOf(goods, translation, config),
      ...quantity,
      base_price_money: money(price),
      ...(taxUids.length === 0 ? {} : { applied_taxes: taxUids.map((tax_uid) => ({ tax_uid })) }),
      ...(surplus > 0n ? { applied_discounts: [{ discount_uid: `rest-${at}` }] } : {}),
    };
  });
  extras.forEach(({ label, amount }, at) => {
    if (amount < 0n)
      discounts.push({
        uid: `extra-${at}`,
        name: label.slice(0, SMALL_NAME_CHARS_MAX),
        type: "FIXED_AMOUNT",
        amount_money: money(-amount),
        scope: "ORDER",
      });
  });
  const charges = extras.flatMap(({ label, amount }, at) =>
    amount > 0n
      ? [
          {
            uid: `extra-${at}`,
            name: label.slice(0, NAME_CHARS_MAX),
            amount_money: money(amount),
            calculation_phase: "TOTAL_PHASE",
            taxable: false,
          },
        ]
      : [],
  );
  return {
    line_items: items,
    ...(taxes.size === 0 ? {} : { taxes: [...taxes.values()] }),
    ...(discounts.length === 0 ? {} : { discounts }),
    ...(charges.length === 0 ? {} : { service_charges: charges }),
  };
}

function itemOf({ line }: GoodsLine, translation: Translation, config: SquareConfig): Part {
  if (config.lines === "catalog") return { catalog_object_id: translation.item(line) };
  return { name: (line.description ?? line.itemId).slice(0, NAME_CHARS_MAX), item_type: "ITEM" };
}

/** A tax of a line by its rate; one that tells no rate is inside the price and is not told apart. */
function planTaxes({ line }: GoodsLine, translation: Translation, taxes: Map<string, Part>): string[] {
  return (line.taxes ?? []).flatMap((tax) => {
    if (tax.rate === undefined || tax.rate.startsWith("-")) return [];
    const uid = `tax-${tax.category ?? ""}-${tax.rate}`.slice(0, 60);
    const name = translation.tax(tax).slice(0, SMALL_NAME_CHARS_MAX);
    taxes.set(uid, { uid, name, percentage: tax.rate.slice(0, 10), type: "INCLUSIVE", scope: "LINE_ITEM" });
    return [uid];
  });
}

/** Quantity and unit price whose extension is the line's amount, or the least above it, never halfway between two minor units. */
function priceExactly({ line, quantity, gross }: GoodsLine): { readonly quantity: Part; readonly price: bigint; readonly surplus: bigint } {
  const digits = quantity.split(".")[1]?.length ?? 0;
  if (/^0(\.0*)?$/.test(quantity) || digits > QUANTITY_DIGITS_MAX || quantity.length > QUANTITY_CHARS_MAX)
    return { quantity: { quantity: "1", note: `${quantity} ${line.quantity.uom}` }, price: gross, surplus: 0n };
  let price = priceFor(gross, quantity);
  // How Square rounds a half is not told: the price above has none.
  while (extend(price, quantity).isHalf) price += 1n;
  return { quantity: inUnit(quantity, digits, line.quantity.uom), price, surplus: extend(price, quantity).rounded - gross };
}

const inUnit = (quantity: Decimal, precision: number, uom: string): Part =>
  precision === 0
    ? { quantity }
    : {
        quantity,
        quantity_unit: { measurement_unit: { custom_unit: { name: uom, abbreviation: uom.slice(0, 12) }, type: "TYPE_CUSTOM" }, precision },
      };

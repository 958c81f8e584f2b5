import { compareDecimals, ZERO_DECIMAL } from "../folds/decimals.ts";
import type { Decimal } from "../money/amount.ts";
import type { Price } from "./collection.ts";
import type { StoreTime } from "./documents/common.ts";
import type { Scope } from "./scope.ts";

/** A price with whom it is for. */
export interface ScopedPrice {
  readonly scope: Scope;
  readonly price: Price;
}

export interface PriceQuestion {
  readonly itemId: string;
  readonly currency: string;
  /** The store's own clock. */
  readonly at: StoreTime;
  /** Of the member at the till, if there is one. */
  readonly customerGroup?: string | undefined;
  /** How much is bought, in `uom`; above zero. */
  readonly quantity: Decimal;
  readonly uom: string;
}

/** The price of one unit and why: the regular price and the promotion that were to be had. `price` is one of them. */
export type ChosenPrice =
  | { readonly kind: "price"; readonly price: Price; readonly regular: Price | undefined; readonly promotion: Price | undefined }
  | { readonly kind: "no-price" };

/**
 * Which price applies. `prices` may be in any order, hold other items' prices, and the same one twice; all must be visible
 * to the asking terminal.
 *
 * 1. A price can apply if item, currency and unit are those asked for, `validFrom <= at < validUntil`, its customer group is
 *    the customer's (or it has none), and the quantity reaches its `minimumQuantity`.
 * 2. Prices with the same kind, promotion, customer group and minimum quantity are states of one price, and one of them
 *    stands: the terminal's before the store's before the one for all; then the one that began last; then the lowest; then
 *    the smallest `id`. So a store's price replaces the chain's, and a rise replaces the price before it, which need not end.
 * 3. Of what stands the customer gets the best: the lowest regular price, whether everyone's, the group's or the quantity's;
 *    and the lowest promotion (ties: the smallest `id`).
 * 4. The promotion applies if it is below the regular price, or if there is no regular price.
 *
 * The price is for the whole quantity. Promotions that look at other items or at the basket are the POS's own.
 */
export function choosePrice(prices: readonly ScopedPrice[], question: PriceQuestion): ChosenPrice {
  const standing = new Map<string, ScopedPrice>();
  for (const one of prices) {
    if (!canApply(one.price, question)) continue;
    const name = stateOf(one.price);
    const other = standing.get(name);
    if (other === undefined || compareStates(one, other) < 0) standing.set(name, one);
  }
  const all = [...standing.values()].map(({ price }) => price);
  const regular = lowest(all.filter(({ kind }) => kind === "regular"));
  const promotion = lowest(all.filter(({ kind }) => kind === "promotion"));
  if (promotion !== undefined && (regular === undefined || BigInt(promotion.amount) < BigInt(regular.amount)))
    return { kind: "price", price: promotion, regular, promotion };
  return regular === undefined ? { kind: "no-price" } : { kind: "price", price: regular, regular, promotion };
}

function canApply(price: Price, { itemId, currency, at, customerGroup, quantity, uom }: PriceQuestion): boolean {
  const isMeant = price.itemId === itemId && price.currency === currency && price.uom === uom;
  const isInForce = (price.validFrom === undefined || price.validFrom <= at) && (price.validUntil === undefined || at < price.validUntil);
  const isForCustomer = price.customerGroup === undefined || price.customerGroup === customerGroup;
  return isMeant && isInForce && isForCustomer && compareDecimals(price.minimumQuantity ?? ZERO_DECIMAL, quantity) <= 0;
}

const stateOf = ({ kind, promotionId, customerGroup, minimumQuantity }: Price): string =>
  JSON.stringify([kind, promotionId, customerGroup, plain(minimumQuantity ?? ZERO_DECIMAL)]);

/** `1.0` is `1`. */
const plain = (decimal: Decimal): string => (decimal.includes(".") ? decimal.replace(/\.?0+$/, "") : decimal);

/** Below zero: `a` stands before `b`. */
function compareStates(a: ScopedPrice, b: ScopedPrice): number {
  const [from, than] = [a.price.validFrom ?? "", b.price.validFrom ?? ""];
  return rankOf(a.scope) - rankOf(b.scope) || (from === than ? 0 : from > than ? -1 : 1) || compareAmounts(a.price, b.price);
}

const rankOf = (scope: Scope): number => (scope.startsWith("terminal:") ? 0 : scope.startsWith("store:") ? 1 : 2);

const compareAmounts = (a: Price, b: Price): number =>
  Number(BigInt(a.amount) - BigInt(b.amount)) || (a.id === b.id ? 0 : a.id < b.id ? -1 : 1);

const lowest = (prices: readonly Price[]): Price | undefined => prices.toSorted(compareAmounts)[0];

import { formatAmount, type Amount, type RetailTransaction } from "@tillsync/sync-protocol";
import type { DeliveryItem } from "../connector.ts";
import { planDocuments, REVERSAL, type PlannedDocument } from "../documents/plan-documents.ts";
import { isEmpty, saleParts, sum, type GoodsLine, type SaleParts } from "../documents/sale-parts.ts";
import type { Translation } from "../mapping/translate.ts";
import type { KlaviyoConfig } from "./manifest.ts";
import type { KlaviyoRequest } from "./map.ts";

/** Items that one event names; what a segment asks for stands among the first, and an event has a limit of size. */
export const ITEMS_MAX = 500;
/** Digits that every JSON number of a double tells exactly. */
const EXACT_DIGITS_MAX = 15;

type Side = "sale" | "return";

/**
 * The events of an item: what was sold and what came back, each with its own id; a revision and a void tell that the
 * earlier ones do not count, as events of their own, since an event there is never taken back.
 */
export function planEvents(item: DeliveryItem, translation: Translation, config: KlaviyoConfig): (KlaviyoRequest | "inexact")[] {
  return planDocuments(item).flatMap((document) => {
    const member = document.transaction.loyalty?.memberRef;
    const parts = saleParts(document.transaction);
    if (member === undefined || isEmpty(parts)) return [];
    const toSold = parts.sold.length > 0 || parts.returned.length === 0;
    const extras = sum(parts.extras.map(({ amount }) => amount));
    const side = (name: Side): KlaviyoRequest | "inexact" => {
      const goods = name === "sale" ? parts.sold : parts.returned;
      const plus = toSold === (name === "sale") ? (toSold ? extras : -extras) : 0n;
      return planEvent(
        item,
        document,
        { name, goods, value: sum(goods.map(({ gross }) => gross)) + plus, member },
        parts,
        translation,
        config,
      );
    };
    return [...(toSold ? [side("sale")] : []), ...(parts.returned.length > 0 ? [side("return")] : [])];
  });
}

function planEvent(
  item: DeliveryItem,
  document: PlannedDocument,
  told: { readonly name: Side; readonly goods: readonly GoodsLine[]; readonly value: bigint; readonly member: string },
  parts: SaleParts,
  translation: Translation,
  config: KlaviyoConfig,
): KlaviyoRequest | "inexact" {
  const { role, transaction, naturalKey } = document;
  const isPost = role === "post";
  const reference = `${isPost ? document.reference : document.of}-${told.name}${isPost ? "" : REVERSAL}`;
  const value = exactNumber(told.value, transaction.exponent);
  if (value === undefined) return "inexact";
  const attributes = {
    unique_id: reference,
    time: item.transaction.end?.utc ?? new Date(item.receivedAtMs).toISOString(),
    value,
    value_currency: transaction.currency,
    // What is told again on purpose sends no member a second message.
    ...(item.replay ? { backfill: true } : {}),
    metric: { data: { type: "metric", attributes: { name: metricOf(told.name, isPost, config) } } },
    profile: { data: { type: "profile", attributes: { external_id: told.member } } },
    properties: {
      receipt: naturalKey,
      store: translation.store(transaction.identity.store),
      business_day: transaction.identity.businessDay,
      receipt_total: formatAmount(String(parts.grand) as Amount, transaction.exponent),
      item_count: told.goods.length,
      items: told.goods.slice(0, ITEMS_MAX).map((goods) => describe(goods, transaction, translation)),
    },
  };
  return { kind: "event", reference, body: { data: { type: "event", attributes } } };
}

const metricOf = (side: Side, isPost: boolean, { metrics }: KlaviyoConfig): string =>
  isPost ? metrics[side] : side === "sale" ? metrics.saleTakenBack : metrics.returnTakenBack;

const describe = ({ line, quantity, gross }: GoodsLine, { exponent }: RetailTransaction, translation: Translation): object => ({
  item: translation.item(line),
  ...(line.description === undefined ? {} : { name: line.description }),
  ...(line.department === undefined ? {} : { department: line.department }),
  quantity,
  unit: line.quantity.uom,
  amount: formatAmount(String(gross) as Amount, exponent),
});

/** The decimal as a number whose text is that decimal; undefined for one of more digits than such a number tells. */
export function exactNumber(minor: bigint, exponent: number): number | undefined {
  const text = formatAmount(String(minor) as Amount, exponent);
  return text.replaceAll(/[-.]/g, "").replace(/^0+/, "").length > EXACT_DIGITS_MAX ? undefined : Number(text);
}

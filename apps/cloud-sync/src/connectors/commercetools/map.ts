import { referencedKey, type RetailTransaction } from "@tillsync/sync-protocol";
import type { DeliveryItem, Mapped } from "../connector.ts";
import { netTenders } from "../documents/net-tenders.ts";
import { planDocuments, type PlannedDocument } from "../documents/plan-documents.ts";
import { isEmpty, saleParts, type GoodsLine } from "../documents/sale-parts.ts";
import { settle, type Flow } from "../documents/settle.ts";
import { startTranslation, type Translation } from "../mapping/translate.ts";
import type { CommercetoolsConfig } from "./manifest.ts";
import { codeOf, planOrder, unitsOf } from "./plan-order.ts";
import type { CommercetoolsDocument, Planned, PlannedPayment, PlannedReturn } from "./plan.ts";

/** What an item becomes at commercetools, ids of its own left out. Pure. */
export function planItem(item: DeliveryItem, config: CommercetoolsConfig): Planned {
  const translation = startTranslation(config.mapping);
  const documents = planDocuments(item).filter(({ transaction }) => !isEmpty(saleParts(transaction)));
  const made = documents.map((document) => planDocument(document, translation, config));
  if (translation.missing.length > 0) return { kind: "mapping-missing", missing: translation.missing };
  const whole = made.filter((one) => one !== undefined);
  if (whole.length < made.length)
    return { kind: "rejected", detail: "the receipt's tenders do not settle its goods: it has no form as orders and refunds" };
  return whole.length === 0 ? { kind: "nothing", reason: "no goods and no money" } : { kind: "plan", documents: whole };
}

/** The requests of an item for the dry run. */
export function mapItem(item: DeliveryItem, config: CommercetoolsConfig): Mapped {
  const planned = planItem(item, config);
  if (planned.kind !== "plan") return planned;
  return { kind: "requests", requests: planned.documents.flatMap(requestsOf) };
}

function requestsOf({ role, reference, of, order, payments, refunds, returns }: CommercetoolsDocument) {
  const isPost = role === "post";
  return [
    ...[...payments, ...refunds].map(({ key, type, amount, body }) =>
      isPost
        ? { reference: key, what: "POST payments", body }
        : { reference: key, what: "POST payments/{id}", body: takeBackAction({ type, amount }, reference) },
    ),
    ...(order === undefined
      ? []
      : [isPost ? { reference, what: "POST orders/import", body: order.body } : { reference: of, what: "POST orders/{id}", body: CANCEL }]),
    ...returns.map((one) => ({ reference, what: isPost ? "POST orders/{id}: addReturnInfo" : "POST orders/{id}: NotRefunded", body: one })),
  ];
}

export const CANCEL = { action: "changeOrderState", orderState: "Cancelled" };

/** Money the other way, under the reversal's reference. */
export const takeBackAction = ({ type, amount }: Pick<PlannedPayment, "type" | "amount">, reference: string) => ({
  action: "addTransaction",
  transaction: { type: type === "Charge" ? "Refund" : "Charge", amount, interactionId: reference, state: "Success" },
});

function planDocument(document: PlannedDocument, translation: Translation, config: CommercetoolsConfig): CommercetoolsDocument | undefined {
  const { role, reference, naturalKey, transaction } = document;
  const of = role === "post" ? reference : document.of;
  const parts = saleParts(transaction);
  const settled = settle(
    parts,
    netTenders(transaction, (tender) => translation.tender(tender)),
  );
  const hasOrder = parts.sold.length > 0 || parts.returned.length === 0;
  const order = hasOrder ? planOrder(of, naturalKey, parts, transaction, translation, config) : undefined;
  const returns = planReturns(parts.returned, naturalKey, translation, config);
  if (settled === undefined) return undefined;
  const payment = (type: PlannedPayment["type"], letter: string) => (flow: Flow, at: number) =>
    planPayment(`${of}-${letter}${at}`, type, flow, transaction, config);
  return {
    role,
    reference,
    of,
    naturalKey,
    order,
    payments: settled.payments.map(payment("Charge", "p")),
    refunds: settled.refunds.map(payment("Refund", "f")),
    returns,
  };
}

function planPayment(
  key: string,
  type: PlannedPayment["type"],
  { code, label, amount: minor }: Flow,
  { currency, end }: RetailTransaction,
  { locale }: CommercetoolsConfig,
): PlannedPayment {
  const amount = { centAmount: Number(minor), currencyCode: currency };
  const timestamp = end?.utc === undefined ? {} : { timestamp: end.utc };
  return {
    key,
    type,
    amount,
    body: {
      key,
      amountPlanned: amount,
      paymentMethodInfo: { method: code, name: { [locale]: label } },
      transactions: [{ type, amount, interactionId: key, state: "Success", ...timestamp }],
    },
  };
}

/** Goods by the sale that their lines name; those that name none fully are told by the money alone. */
function planReturns(
  returned: readonly GoodsLine[],
  own: string,
  translation: Translation,
  config: CommercetoolsConfig,
): readonly PlannedReturn[] {
  const bySale = new Map<string, { code: string; units: number }[]>();
  for (const goods of returned) {
    const sale = goods.line.returnOf === undefined ? undefined : referencedKey(goods.line.returnOf);
    const item = { code: codeOf(goods, translation, config), units: unitsOf(goods) };
    if (sale === undefined || sale === own) continue;
    bySale.set(sale, [...(bySale.get(sale) ?? []), item]);
  }
  return [...bySale].map(([sale, items]) => ({ sale, items }));
}

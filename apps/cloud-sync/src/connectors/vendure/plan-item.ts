import type { DeliveryItem, Mapped } from "../connector.ts";
import { planDocuments } from "../documents/plan-documents.ts";
import { startTranslation, type Translation } from "../mapping/translate.ts";
import type { VendureConfig } from "./manifest.ts";
import { planCount, type CountPlan } from "./plan-count.ts";
import { planDocument } from "./plan-document.ts";
import { planStep, type StepPlan } from "./plan-step.ts";
import { orderTotal, type VendurePlan } from "./plan.ts";

/** Largest number of a GraphQL Int, which Vendure's prices and quantities are. */
const INT_MAX = 2_147_483_647;

export type ItemPlan =
  | { readonly kind: "documents"; readonly documents: readonly VendurePlan[] }
  | { readonly kind: "count"; readonly count: CountPlan }
  | { readonly kind: "step"; readonly step: StepPlan }
  | Exclude<Mapped, { kind: "requests" }>;

/** What an item means for Vendure. Pure. */
export function planItem(item: DeliveryItem, config: VendureConfig): ItemPlan {
  const translation = startTranslation(config.mapping);
  const plan = planByType(item, config, translation);
  const { missing } = translation;
  if (missing.length > 0) return { kind: "mapping-missing", missing };
  return plan;
}

function planByType(item: DeliveryItem, { orderSystem }: VendureConfig, translation: Translation): ItemPlan {
  const { transaction } = item;
  if (transaction.transactionType === "Inventory") return planInventory(item, translation);
  if (transaction.transactionType !== "OrderStatus") return planBooks(item, translation);
  if (orderSystem === undefined || transaction.orderStatus.system !== orderSystem)
    return { kind: "nothing", reason: "a step of another system's order" };
  const step = planStep(item.identity, transaction, translation);
  return step === undefined ? { kind: "nothing", reason: "Vendure has no such step" } : { kind: "step", step };
}

function planInventory(item: DeliveryItem, translation: Translation): ItemPlan {
  const { transaction } = item;
  if (transaction.transactionType !== "Inventory" || transaction.inventory.kind !== "count")
    return { kind: "nothing", reason: "only counts change Vendure's stock: a movement could not be told from its repeat" };
  const count = planCount({ reference: item.identity, tpos: item.tpos }, transaction, translation);
  const tooMany = count.levels.find(({ onHand }) => Math.abs(onHand) > INT_MAX);
  return tooMany === undefined ? { kind: "count", count } : { kind: "rejected", detail: `more of ${tooMany.sku} than Vendure can hold` };
}

function planBooks(item: DeliveryItem, translation: Translation): ItemPlan {
  const planned = planDocuments(item);
  if (planned.length === 0) return { kind: "nothing", reason: "nothing was sold, returned or taken back" };
  const reversal = planned.find(({ role, naturalKey }) => role === "reverse" && naturalKey === item.naturalKey)?.reference;
  const documents = planned.map((document) => planDocument(document, { revision: item.revision, reversal }, translation));
  const isTooLarge = (value: number | bigint): boolean => value > INT_MAX || value < -INT_MAX;
  const tooLarge = documents.some(
    ({ lines, refunds }) =>
      isTooLarge(orderTotal(lines)) ||
      lines.some((line) => isTooLarge(line.unitPrice) || isTooLarge(line.quantity)) ||
      refunds.some((refund) => isTooLarge(refund.amount)),
  );
  return tooLarge ? { kind: "rejected", detail: "an amount is larger than Vendure can hold" } : { kind: "documents", documents };
}

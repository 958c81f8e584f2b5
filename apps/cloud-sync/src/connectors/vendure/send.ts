import type { DeliveryItem, LookUpResult, SendResult } from "../connector.ts";
import { bringDocument } from "./bring-document.ts";
import { countStock, lookUpCount } from "./count-stock.ts";
import { lookUpDocuments } from "./look-up.ts";
import { planItem } from "./plan-item.ts";
import type { VendurePlan } from "./plan.ts";
import { lookUpStep, takeStep } from "./take-step.ts";
import type { Vendure } from "./vendure-line.ts";

/** Brings an item to its end in Vendure. */
export async function sendItem(vendure: Vendure, item: DeliveryItem): Promise<SendResult> {
  const plan = planItem(item, vendure.config);
  if (plan.kind === "count") return countStock(vendure, plan.count);
  if (plan.kind === "step") return takeStep(vendure, plan.step);
  return plan.kind === "documents" ? sendDocuments(vendure, plan.documents) : plan;
}

/** One after the other: a revision is posted when the one before it is taken back. */
async function sendDocuments(vendure: Vendure, plans: readonly VendurePlan[]): Promise<SendResult> {
  // Before anything is sent, so that articles that Vendure lacks leave nothing half done.
  const known = await vendure.names.variants(plans.flatMap(skusOf));
  if (known.kind === "ended") return known.result;
  let vendorId = "";
  for (const plan of plans) {
    const result = await bringDocument(vendure, plan);
    if ("kind" in result) return result;
    if (result.vendorId !== "") ({ vendorId } = result);
  }
  return vendorId === "" ? { kind: "delivered" } : { kind: "delivered", vendorId };
}

const skusOf = ({ lines, returnSku }: VendurePlan): string[] => [...lines.map(({ sku }) => sku), ...(returnSku === "" ? [] : [returnSku])];

/** What stands in Vendure under an item's references. */
export async function lookUpItem(vendure: Vendure, item: DeliveryItem): Promise<LookUpResult> {
  const plan = planItem(item, vendure.config);
  if (plan.kind === "count") return lookUpCount(vendure, plan.count);
  if (plan.kind === "step") return lookUpStep(vendure, plan.step);
  return plan.kind === "documents" ? lookUpDocuments(vendure, plan.documents) : plan;
}

import type { DeliveryItem, Mapped, MappedRequest } from "../connector.ts";
import type { VendureConfig } from "./manifest.ts";
import { planItem } from "./plan-item.ts";
import type { PlannedRefund, VendurePlan } from "./plan.ts";

/** What would be sent for an item, for the dry run. */
export function mapItem(item: DeliveryItem, config: VendureConfig): Mapped {
  const plan = planItem(item, config);
  if (plan.kind === "documents") return { kind: "requests", requests: plan.documents.flatMap((document) => requestsOf(document, config)) };
  if (plan.kind === "step") {
    const { reference: of, ...body } = plan.step;
    return { kind: "requests", requests: [{ reference: of, what: "step of an order", body }] };
  }
  if (plan.kind !== "count") return plan;
  const { reference, store, levels, leftOut } = plan.count;
  return { kind: "requests", requests: [{ reference, what: "stock count", body: { store, levels, leftOut } }] };
}

function requestsOf(plan: VendurePlan, config: VendureConfig): MappedRequest[] {
  const { reference, lines } = plan;
  const refunds = plan.refunds.map((refund) => ({ reference, what: "refund and cancellation", body: refundBody(refund) }));
  if (lines.length === 0) return refunds;
  const { store, soldAt, customer, tenders } = plan;
  const { paymentMethod, shippingMethod } = config;
  return [...refunds, { reference, what: "order", body: { store, soldAt, customer, lines, paymentMethod, tenders, shippingMethod } }];
}

const refundBody = ({ of, amount, goods }: PlannedRefund): object => ({ of, amount: amount.toString(), goods });

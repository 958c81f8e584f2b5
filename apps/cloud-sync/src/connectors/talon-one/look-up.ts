import { isRetail, parseAmount } from "@tillsync/sync-protocol";
import type { DeliveryItem, LookUpResult } from "../connector.ts";
import { saleParts } from "../documents/sale-parts.ts";
import { asLookUp } from "../outcome.ts";
import type { TalonOneLine } from "./line.ts";
import { planItem, type TalonOnePlan } from "./map.ts";
import { findMovement } from "./points.ts";
import { readReturn } from "./returns.ts";
import { sinceOf } from "./send.ts";
import { isDone, readSession } from "./sessions.ts";

/** Looks for every session and every movement of points of an item. */
export async function lookUpAtTalonOne(line: TalonOneLine, item: DeliveryItem): Promise<LookUpResult> {
  const planned = planItem(item, line.config);
  if (planned.kind !== "plan") return planned;
  const { steps, movements } = planned.plan;
  const found: (string | undefined)[] = [];
  let begun: string | undefined;
  for (const step of steps) {
    if (step.kind === "return") {
      const there = await readReturn(line, step);
      if (there.kind !== "ok") return asLookUp(there);
      found.unshift(there.value.kind === "done" ? step.reference : undefined);
      if (there.value.kind === "begun") begun ??= step.reference;
      continue;
    }
    const there = await readSession(line, step);
    if (there.kind !== "ok") return asLookUp(there);
    found.unshift(there.value !== undefined && isDone(there.value, step) ? step.reference : undefined);
  }
  for (const movement of movements) {
    const there = await findMovement(line, movement, sinceOf(item));
    if (there.kind !== "ok") return asLookUp(there);
    found.push(there.value);
  }
  const first = found.find((one) => one !== undefined);
  if (first === undefined) return begun === undefined ? { kind: "absent" } : { kind: "unfinished", vendorId: begun };
  if (found.includes(undefined)) return { kind: "unfinished", vendorId: first };
  return { kind: "found", vendorId: first, ...totalOf(item, steps) };
}

/** The total of an item's own session; an exchange's is what was sold, not what the receipt's total says. */
function totalOf(
  { transaction, identity }: DeliveryItem,
  steps: TalonOnePlan["steps"],
): Pick<Extract<LookUpResult, { kind: "found" }>, "total"> {
  const own = steps.find((step) => step.kind === "close" && step.reference === identity);
  if (own?.kind !== "close" || !isRetail(transaction)) return {};
  const parsed = parseAmount(own.total, transaction.exponent);
  const isWhole = transaction.transactionType === "RetailTransaction" && saleParts(transaction).returned.length === 0;
  return parsed.ok && isWhole ? { total: { amount: parsed.amount, currency: transaction.currency } } : {};
}

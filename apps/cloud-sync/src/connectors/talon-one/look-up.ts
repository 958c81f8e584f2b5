import { isRetail, parseAmount } from "@tillsync/sync-protocol";
import type { DeliveryItem, LookUpResult } from "../connector.ts";
import { saleParts } from "../documents/sale-parts.ts";
import { asLookUp } from "../outcome.ts";
import type { TalonOneLine } from "./line.ts";
import { planItem, type PlannedSession } from "./map.ts";
import { findMovement } from "./points.ts";
import { sinceOf } from "./send.ts";
import { isDone, readSession } from "./sessions.ts";

/** Looks for every session and every movement of points of an item. */
export async function lookUpAtTalonOne(line: TalonOneLine, item: DeliveryItem): Promise<LookUpResult> {
  const planned = planItem(item, line.config);
  if (planned.kind !== "plan") return planned;
  const { sessions, movements } = planned.plan;
  const found: (string | undefined)[] = [];
  for (const session of sessions) {
    const there = await readSession(line, session);
    if (there.kind !== "ok") return asLookUp(there);
    found.unshift(there.value !== undefined && isDone(there.value, session) ? session.reference : undefined);
  }
  for (const movement of movements) {
    const there = await findMovement(line, movement, sinceOf(item));
    if (there.kind !== "ok") return asLookUp(there);
    found.push(there.value);
  }
  const first = found.find((one) => one !== undefined);
  if (first === undefined) return { kind: "absent" };
  if (found.includes(undefined)) return { kind: "unfinished", vendorId: first };
  return { kind: "found", vendorId: first, ...totalOf(item, sessions) };
}

/** The total of an item's own session; an exchange's is what was sold, not what the receipt's total says. */
function totalOf(
  { transaction }: DeliveryItem,
  sessions: readonly PlannedSession[],
): Pick<Extract<LookUpResult, { kind: "found" }>, "total"> {
  const own = sessions.find((session) => session.kind === "close");
  if (own === undefined || !isRetail(transaction)) return {};
  const parsed = parseAmount(own.total, transaction.exponent);
  const isWhole = transaction.transactionType === "RetailTransaction" && saleParts(transaction).returned.length === 0;
  return parsed.ok && isWhole ? { total: { amount: parsed.amount, currency: transaction.currency } } : {};
}

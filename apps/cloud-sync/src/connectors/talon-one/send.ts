import type { DeliveryItem, SendContext, SendResult } from "../connector.ts";
import type { TalonOneLine } from "./line.ts";
import { planItem } from "./map.ts";
import { movePoints } from "./points.ts";
import { returnGoods } from "./returns.ts";
import { writeSession } from "./sessions.ts";

/** Nothing of an item can have been sent before its business day, whatever zones and clocks say. */
export const sinceOf = (item: DeliveryItem): string =>
  new Date(Date.parse(`${item.transaction.identity.businessDay}T00:00:00Z`) - 86_400_000).toISOString();

/**
 * Brings an item to its end at Talon.One: what comes back, its sessions, which make profiles known, then the member's
 * points. The id that is kept is its own session's: later returns of its goods ask for it.
 */
export async function sendToTalonOne(line: TalonOneLine, item: DeliveryItem, context: SendContext): Promise<SendResult> {
  const planned = planItem(item, line.config);
  if (planned.kind !== "plan") return planned;
  let vendorId: string | undefined;
  for (const step of planned.plan.steps) {
    const written = step.kind === "return" ? await returnGoods(line, context, step) : await writeSession(line, step);
    if (written.kind !== "ok") return written;
    vendorId = written.value;
  }
  for (const movement of planned.plan.movements) {
    const moved = await movePoints(line, movement, sinceOf(item));
    if (moved.kind !== "ok") return moved;
    vendorId ??= moved.value;
  }
  return { kind: "delivered", ...(vendorId === undefined ? {} : { vendorId }) };
}

import type { DeliveryItem, SendResult } from "../connector.ts";
import type { TalonOneLine } from "./line.ts";
import { planItem } from "./map.ts";
import { movePoints } from "./points.ts";
import { writeSession } from "./sessions.ts";

/** Nothing of an item can have been sent before its business day, whatever zones and clocks say. */
export const sinceOf = (item: DeliveryItem): string =>
  new Date(Date.parse(`${item.transaction.identity.businessDay}T00:00:00Z`) - 86_400_000).toISOString();

/** Brings an item to its end at Talon.One: its sessions, which make profiles known, then the member's points. */
export async function sendToTalonOne(line: TalonOneLine, item: DeliveryItem): Promise<SendResult> {
  const planned = planItem(item, line.config);
  if (planned.kind !== "plan") return planned;
  let vendorId: string | undefined;
  for (const session of planned.plan.sessions) {
    const written = await writeSession(line, session);
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

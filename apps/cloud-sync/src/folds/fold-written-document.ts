import {
  rewriteMember,
  rewriteOrder,
  stampMember,
  type Collection,
  type HandOverOrder,
  type Member,
  type ReferenceDocument,
  type StockLevel,
} from "@tillsync/sync-protocol";
import { hlcOfMs } from "./trusted-hlc.ts";

/**
 * A document as head office or another system writes it, whole, joined with what is known here: an order keeps where it stands,
 * who handed it over and what was settled; a member's fields that differ are changed now, but for points that it does not tell,
 * which are the account's; a level that does not say what is in it is counted now. Other collections are written as they are. `current` undefined: there is none, or it was deleted.
 */
export function foldWrittenDocument(
  collection: Collection,
  current: ReferenceDocument | undefined,
  written: ReferenceDocument,
  nowMs: number,
): ReferenceDocument {
  const now = hlcOfMs(nowMs);
  if (collection === "orders") {
    const order = written as HandOverOrder;
    return current === undefined ? { ...order, revisedAt: order.revisedAt ?? now } : rewriteOrder(current as HandOverOrder, order, now);
  }
  if (collection === "members") {
    const member = written as Member;
    if (current === undefined) return stampMember(member, now);
    const { points } = current as Member;
    return rewriteMember(current as Member, points === undefined ? member : { ...member, points: member.points ?? points }, now);
  }
  if (collection !== "stock") return written;
  const reserved = (current as StockLevel | undefined)?.reserved;
  const level: StockLevel = { ...(reserved === undefined ? {} : { reserved }), ...(written as StockLevel) };
  const saysWhat = level.countedAt !== undefined || Object.keys(level.included).length > 0;
  return saysWhat ? level : { ...level, countedAt: now };
}

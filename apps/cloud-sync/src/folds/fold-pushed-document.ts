import type { Collection, ErrorCode, HandOverOrder, Member, ReferenceDocument, StoreId, TerminalId } from "@tillsync/sync-protocol";
import { foldPushedMember } from "./fold-pushed-member.ts";
import { foldPushedOrder } from "./fold-pushed-order.ts";

/** Who pushes: one terminal of one store. */
export interface PushingDevice {
  readonly terminal: TerminalId;
  readonly store: StoreId;
}

/** What becomes of a document that a store's device has pushed. */
export type FoldedPush =
  /** What is to stand. It may say more than what was pushed, or just what stood before. */
  | { readonly kind: "taken"; readonly document: ReferenceDocument }
  /** It cannot be so after what stands already. The master stays, and the device takes it over. */
  | { readonly kind: "conflict"; readonly reason: string }
  /** No store may change that. The master stays. */
  | { readonly kind: "forbidden"; readonly code: ErrorCode; readonly reason: string };

/**
 * Decides a push of a store's device against what stands, by the folds that the log goes through: nothing that is known is lost, whatever
 * the device had seen when it wrote. The result does not depend on the order in which devices push, nor on how often.
 * `pushed` undefined: a deletion, which no store may do. Times that are ahead of `nowMs` count as now.
 */
export function foldPushedDocument(
  collection: Collection,
  current: ReferenceDocument | undefined,
  pushed: ReferenceDocument | undefined,
  device: PushingDevice,
  nowMs: number,
): FoldedPush {
  if (pushed === undefined) return forbidden("a store deletes nothing");
  if (current !== undefined && current.id !== pushed.id) return forbidden("another document");
  if (collection === "orders") return foldPushedOrder(current as HandOverOrder | undefined, pushed as HandOverOrder, device, nowMs);
  if (collection === "members") return foldPushedMember(current as Member | undefined, pushed as Member, nowMs);
  return { kind: "forbidden", code: "reference.not-writable", reason: `stores do not change ${collection}` };
}

const forbidden = (reason: string): FoldedPush => ({ kind: "forbidden", code: "reference.not-writable", reason });

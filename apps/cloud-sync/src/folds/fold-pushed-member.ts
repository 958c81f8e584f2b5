import {
  changedMemberFields,
  CLOCK_DRIFT_MAX_MS,
  decodeHlc,
  mergeMembers,
  onlyStamped,
  stampMember,
  type HlcText,
  type Member,
} from "@tillsync/sync-protocol";
import type { FoldedPush } from "./fold-pushed-document.ts";
import { hlcOfMs } from "./trusted-hlc.ts";

/** What money hangs on: points are the account's, and a group of customers has prices of its own. */
const MASTERS_OWN = ["points", "customerGroup"] as const;

/**
 * Of each field the later change stands. What a device changed has a stamp; what has none is what it had been told, and
 * changes nothing that is known. Points and the customer group are never a store's to change: another value is not taken over, and with
 * a stamp of its own, which says that the device meant it, the push is refused.
 */
export function foldPushedMember(current: Member | undefined, pushed: Member, nowMs: number): FoldedPush {
  const meant = MASTERS_OWN.filter((field) => pushed.stamps?.[field] !== current?.stamps?.[field] && pushed.stamps?.[field] !== undefined);
  if (
    current === undefined
      ? MASTERS_OWN.some((field) => pushed[field] !== undefined)
      : meant.some((field) => changedMemberFields(current, pushed).includes(field))
  )
    return { kind: "forbidden", code: "reference.not-writable", reason: "points and customer group are not a store's to change" };
  const { points: _points, customerGroup: _group, ...own } = pushed;
  const stamps = Object.entries(pushed.stamps ?? {}).filter(([field]) => !(MASTERS_OWN as readonly string[]).includes(field));
  const said: Member = { ...own, stamps: Object.fromEntries(stamps.map(([field, stamp]) => [field, notAhead(stamp, nowMs)])) };
  return { kind: "taken", document: current === undefined ? stampMember(said, hlcOfMs(nowMs)) : mergeMembers(current, onlyStamped(said)) };
}

const notAhead = (stamp: HlcText, nowMs: number): HlcText => (decodeHlc(stamp).ms > nowMs + CLOCK_DRIFT_MAX_MS ? hlcOfMs(nowMs) : stamp);

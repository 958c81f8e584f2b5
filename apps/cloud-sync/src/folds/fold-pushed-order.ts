import {
  areGoodsOut,
  contentText,
  CLOCK_DRIFT_MAX_MS,
  decodeHlc,
  ORDER_MOVES,
  tellOrderFact,
  type HandOverOrder,
  type HlcText,
} from "@tillsync/sync-protocol";
import type { FoldedPush, PushingDevice } from "./fold-pushed-document.ts";
import { hlcOfMs } from "./trusted-hlc.ts";

/**
 * A store says where its orders stand and which of its tills handed one over; goods, money and customer are the order's own system's. The
 * table of moves decides what may be said, but for goods that are out of the shop: that is so, whatever stands, and comes
 * out as a conflict for a person.
 */
export function foldPushedOrder(
  current: HandOverOrder | undefined,
  pushed: HandOverOrder,
  device: PushingDevice,
  nowMs: number,
): FoldedPush {
  const wrong = forbiddenIn(current, pushed, device);
  if (wrong !== undefined || current === undefined) return { kind: "forbidden", code: "reference.not-writable", reason: wrong ?? "" };
  const move = ORDER_MOVES[current.status][pushed.status];
  const handOver = ownHandOver(pushed, device, nowMs);
  if (move.kind === "forbidden" && handOver === undefined && !areGoodsOut(pushed.status)) return { kind: "conflict", reason: move.reason };
  const told = tellOrderFact(current, {
    status: pushed.status,
    pickedRevision: pickedFrom(current, pushed),
    ...(handOver === undefined ? {} : { handOver }),
  });
  return { kind: "taken", document: told };
}

function forbiddenIn(current: HandOverOrder | undefined, pushed: HandOverOrder, device: PushingDevice): string | undefined {
  if (current === undefined) return "a store makes no orders";
  if (current.storeId !== device.store || pushed.storeId !== device.store) return "another store's order";
  if (pushed.revision > current.revision) return "a revision that its system has not told";
  // Of an older revision the device says nothing about goods and money: it has not seen the present ones.
  if (pushed.revision === current.revision && contentText(pushed) !== contentText(current)) return "goods, money or customer";
  const known = new Set(current.handOvers?.map(({ terminal }) => terminal));
  const tills = [
    ...(pushed.handOvers ?? []).map(({ terminal }) => terminal),
    ...(pushed.handedOverBy === undefined ? [] : [pushed.handedOverBy]),
  ];
  if (tills.some((terminal) => terminal !== device.terminal && !known.has(terminal) && terminal !== current.handedOverBy))
    return "another till's hand-over";
  if ((pushed.settled ?? []).some((conflict) => current.settled?.includes(conflict) !== true))
    return "a conflict is head office's to settle";
  return undefined;
}

/** The device's own hand-over, if it tells one. Who tells no time handed over now. */
function ownHandOver(
  pushed: HandOverOrder,
  { terminal }: PushingDevice,
  nowMs: number,
): { terminal: typeof terminal; at: HlcText } | undefined {
  const listed = pushed.handOvers?.find((one) => one.terminal === terminal);
  const now = hlcOfMs(nowMs);
  if (listed !== undefined) return { terminal, at: decodeHlc(listed.at).ms > nowMs + CLOCK_DRIFT_MAX_MS ? now : listed.at };
  return pushed.handedOverBy === terminal && pushed.handOvers === undefined ? { terminal, at: now } : undefined;
}

/** Who says that goods are picked has picked them from the revision that the device had, unless it says from which. */
function pickedFrom(current: HandOverOrder, pushed: HandOverOrder): number | undefined {
  if (pushed.pickedRevision !== undefined) return Math.min(pushed.pickedRevision, pushed.revision);
  const isPicked = pushed.status === "picked" || areGoodsOut(pushed.status);
  return isPicked && current.pickedRevision === undefined ? pushed.revision : undefined;
}

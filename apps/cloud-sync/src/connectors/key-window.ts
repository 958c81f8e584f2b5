import type { DeliveryItem } from "./connector.ts";

/** A window is taken as over this much before its end, as the dispatcher takes it: clocks differ and sends take time. */
const MARGIN = 0.1;

/**
 * Whether a receiver may have forgotten the keys of an earlier attempt at an item. It counts from the first moment at which
 * anyone can have sent it: this cloud, or one whose backup it was restored from. An age below zero is a clock's mistake.
 */
export function mayKeysBeGone(item: DeliveryItem, windowMs: number, nowMs: number): boolean {
  const end = item.transaction.end?.utc;
  const ages = [nowMs - item.receivedAtMs, ...(end === undefined ? [] : [nowMs - Date.parse(end)])];
  return item.replay || ages.some((ageMs) => !(ageMs >= 0 && ageMs < windowMs * (1 - MARGIN)));
}

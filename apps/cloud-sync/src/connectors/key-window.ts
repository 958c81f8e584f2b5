import type { DeliveryItem } from "./connector.ts";

/** A window is taken as over this much before its end: a tenth of it, for clocks that differ and sends that take long. */
const MARGIN = 0.1;

/**
 * Whether a receiver may have forgotten a key, by the ages of everything that tells when it may have been sent first. One
 * age past the window suffices, and one that a clock makes negative or no number counts as past every window.
 */
export const isWindowPast = (windowMs: number, agesMs: readonly number[]): boolean =>
  agesMs.some((ageMs) => !(ageMs >= 0 && ageMs < windowMs * (1 - MARGIN)));

/**
 * Whether a receiver may have forgotten the keys of an earlier attempt at an item. It counts from the first moment at which
 * anyone can have sent it: this cloud, or one whose backup it was restored from.
 */
export function mayKeysBeGone(item: DeliveryItem, windowMs: number, nowMs: number): boolean {
  const end = item.transaction.end?.utc;
  return item.replay || isWindowPast(windowMs, [nowMs - item.receivedAtMs, ...(end === undefined ? [] : [nowMs - Date.parse(end)])]);
}

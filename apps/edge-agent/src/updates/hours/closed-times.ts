import { isOpen } from "./is-open.ts";
import type { LocalTime } from "./local-time.ts";
import type { OpeningHours } from "./opening-hours.ts";

/** An install with a reversal takes a quarter of an hour at most; as much again, so that nobody finds a till that is just starting. */
export const NEEDED_MS = 30 * 60_000;
/** Cashiers count and put away after the door has closed. */
export const AFTER_CLOSING_MS = 30 * 60_000;
/** Hours are given to the minute. */
const STEP_MS = 60_000;
/** Coarser where a week is searched. */
const SEARCH_STEP_MS = 5 * 60_000;
const SEARCH_MS = 9 * 86_400_000;

/** Where nobody has said when the shop sells: the hours in which hardly any does, by the store's clock. */
const NIGHT = { from: 60, until: 5 * 60 };

/** When nothing is sold at a shop, as far as anybody has said. */
export type IsSelling = (local: LocalTime) => boolean;

/** By opening hours; without them every hour but those of the night is taken for one of trade. */
export const sellingBy = (hours: OpeningHours | undefined): IsSelling =>
  hours === undefined ? ({ minute }) => minute < NIGHT.from || minute >= NIGHT.until : (local) => isOpen(hours, local);

/** Whether nothing is sold from a moment on for as long as an update needs, nor was just before it. */
export function isClosedAt(ms: number, selling: IsSelling, clock: (ms: number) => LocalTime): boolean {
  for (let at = ms - AFTER_CLOSING_MS; at <= ms + NEEDED_MS; at += STEP_MS) if (selling(clock(at))) return false;
  return true;
}

/** The next moment, to five minutes, from which an update fits; undefined: none in the next nine days. */
export function nextClosedMs(nowMs: number, selling: IsSelling, clock: (ms: number) => LocalTime): number | undefined {
  let closedFrom: number | undefined;
  const fromMs = Math.floor((nowMs - AFTER_CLOSING_MS) / SEARCH_STEP_MS) * SEARCH_STEP_MS;
  for (let at = fromMs; at < nowMs + SEARCH_MS; at += SEARCH_STEP_MS) {
    if (selling(clock(at))) closedFrom = undefined;
    else {
      closedFrom ??= at;
      if (at - closedFrom < AFTER_CLOSING_MS + NEEDED_MS) continue;
      const found = Math.max(nowMs, closedFrom + AFTER_CLOSING_MS);
      // Hours may begin between two steps, and `nowMs` may lie between them.
      if (isClosedAt(found, selling, clock)) return found;
      closedFrom += SEARCH_STEP_MS;
    }
  }
  return undefined;
}

import { knownZone } from "../language/formats.ts";

/** A `Date` reads a time into nearly everything. */
const STORE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/;

/** `2026-12-01T10:30` of the store's own clock for people; it belongs to no zone, so that none is applied. Anything else as it is. */
export function formatStoreTime(locale: string, text: string): string {
  const at = new Date(STORE_TIME.test(text) ? `${text}:00Z` : Number.NaN);
  return Number.isNaN(at.getTime()) ? text : formatOf(locale).format(at);
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(locale: string): Intl.DateTimeFormat {
  const known =
    formats.get(locale) ??
    new Intl.DateTimeFormat(locale, {
      timeZone: "UTC",
      weekday: "short",
      day: "numeric",
      month: "short",
      hour: "2-digit",
      minute: "2-digit",
    });
  formats.set(locale, known);
  return known;
}

/** The store's own clock as documents write it, to the minute; `timeZone` null or unknown: this machine's. Texts sort as times. */
export function storeClock(nowMs: number, timeZone: string | null): string {
  const parts = new Intl.DateTimeFormat("sv-SE", {
    ...knownZone(timeZone),
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
  }).format(nowMs);
  return parts.replace(" ", "T");
}

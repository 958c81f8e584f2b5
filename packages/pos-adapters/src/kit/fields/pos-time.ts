import type { BusinessDay, PosTime } from "@tillsync/sync-protocol";
import type { ZoneRule } from "./zone-rule.ts";

const PATTERN = /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,12}))?)?\s*(Z|[+-]\d{2}:?\d{2})?$/;

/**
 * Reads an ISO 8601 time as a POS writes it: with or without seconds, fractions (kept to nine digits) and offset. A
 * stated offset wins; else the store's zone gives one; else the time stays local. `undefined` when it is no real time.
 */
export function readPosTime(text: string, zone?: ZoneRule): PosTime | undefined {
  const match = PATTERN.exec(text.trim());
  if (match === null) return undefined;
  const [, year = "", month = "", day = "", hour = "", minute = "", second, fraction, stated] = match;
  if (readDay(`${year}-${month}-${day}`) === undefined || Number(hour) > 23 || Number(minute) > 59 || Number(second ?? 0) > 59)
    return undefined;
  const clock =
    second === undefined ? `${hour}:${minute}` : `${hour}:${minute}:${second}${fraction === undefined ? "" : `.${fraction.slice(0, 9)}`}`;
  const local = `${year}-${month}-${day}T${clock}`;
  if (stated !== undefined) return withOffset(local, normaliseOffset(stated), "stated");
  if (zone === undefined) return { local, quality: "local" };
  const { offset, certain } = zone(`${year}-${month}-${day}T${hour}:${minute}`);
  return withOffset(local, offset, certain ? "derived" : "guessed");
}

function withOffset(local: string, offset: string, quality: PosTime["quality"]): PosTime {
  const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(4, 6));
  const [whole = "", fraction] = local.split(".");
  const at = Date.parse(`${whole.length === 16 ? `${whole}:00` : whole}Z`) - (offset.startsWith("-") ? -minutes : minutes) * 60_000;
  const utc = new Date(at).toISOString().slice(0, 19);
  return { local, offset, utc: `${utc}${fraction === undefined ? "" : `.${fraction}`}Z`, quality };
}

const normaliseOffset = (text: string): string =>
  text === "Z" ? "+00:00" : text.length === 5 ? `${text.slice(0, 3)}:${text.slice(3)}` : text;

/** The day at the head of a text (`2017-10-01`, `2017-10-01T..`, `2017-10-01+02:00`), when it is one of the calendar. */
export function readDay(text: string): BusinessDay | undefined {
  const match = /^\s*(\d{4})-(\d{2})-(\d{2})(?![0-9])/.exec(text);
  if (match === null) return undefined;
  const day = `${match[1]}-${match[2]}-${match[3]}`;
  const at = Date.parse(`${day}T00:00:00Z`);
  return Number.isNaN(at) || new Date(at).toISOString().slice(0, 10) !== day ? undefined : (day as BusinessDay);
}

import { Temporal } from "temporal-polyfill";
import { z } from "zod";

/** The offset of a local time (`2017-10-01T15:15`) in a zone. Not `certain` in the hour that came twice or never. */
export type ZoneRule = (localMinute: string) => { readonly offset: string; readonly certain: boolean };

/** An IANA time zone that this runtime knows. */
export const timeZoneSchema = z.string().refine((zone) => {
  try {
    Temporal.PlainDateTime.from("2020-01-01T00:00").toZonedDateTime(zone);
    return !/^[+-]/.test(zone);
  } catch {
    return false;
  }
}, "unknown IANA time zone");

/** Quarters of an hour whose answer is kept. A day has 96; clocks change on quarters everywhere. */
const REMEMBERED_MAX = 4_096;

/**
 * The rule of a zone. In the doubled hour it takes the first of the two, in the missing hour the offset before the change
 * (what Temporal calls compatible), and says so: order comes from sequence numbers, never from these times.
 */
export function createZoneRule(timeZone: string): ZoneRule {
  const remembered = new Map<string, { offset: string; certain: boolean }>();
  return (localMinute) => {
    const quarter = `${localMinute.slice(0, 14)}${String(Math.floor(Number(localMinute.slice(14, 16)) / 15) * 15).padStart(2, "0")}`;
    const known = remembered.get(quarter);
    if (known !== undefined) return known;
    const local = Temporal.PlainDateTime.from(quarter);
    const earlier = local.toZonedDateTime(timeZone, { disambiguation: "earlier" });
    const later = local.toZonedDateTime(timeZone, { disambiguation: "later" });
    const taken = local.toZonedDateTime(timeZone, { disambiguation: "compatible" });
    const answer = {
      offset: offsetText(Date.parse(`${quarter}:00Z`) - taken.epochMilliseconds),
      certain: earlier.epochMilliseconds === later.epochMilliseconds,
    };
    if (remembered.size >= REMEMBERED_MAX) remembered.clear();
    remembered.set(quarter, answer);
    return answer;
  };
}

/** `+01:00` of milliseconds. Zones before 1900 had seconds; no till did. */
function offsetText(offsetMs: number): string {
  const minutes = Math.round(Math.abs(offsetMs) / 60_000);
  const pad = (n: number): string => String(n).padStart(2, "0");
  return `${offsetMs < 0 ? "-" : "+"}${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`;
}

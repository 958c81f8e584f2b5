import type { CellRead } from "./read-cell.ts";

const PARTS: Readonly<Record<string, string>> = {
  YYYY: "(?<year>[0-9]{4})",
  MM: "(?<month>[0-9]{2})",
  DD: "(?<day>[0-9]{2})",
  HH: "(?<hour>[0-9]{2})",
  mm: "(?<minute>[0-9]{2})",
};
const DAY_MS = 86_400_000;

/** A moment by the store's clock, `2026-12-01T00:00`; without a time it is the day's beginning. */
export function readDate(text: string, { format, plusDays }: { format: string; plusDays: number }): CellRead {
  const { year, month, day, hour = "00", minute = "00" } = pattern(format).exec(text)?.groups ?? {};
  if (year === undefined || month === undefined || day === undefined) return { wrong: `not of the form ${format}` };
  const ms = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:00Z`);
  // February 30 would roll over to March.
  if (!Number.isFinite(ms) || !new Date(ms).toISOString().startsWith(`${year}-${month}-${day}`)) return { wrong: "no such day or time" };
  return { value: new Date(ms + plusDays * DAY_MS).toISOString().slice(0, "2026-12-01T00:00".length) };
}

const known = new Map<string, RegExp>();

function pattern(format: string): RegExp {
  const made =
    known.get(format) ??
    new RegExp(
      `^${format
        .split(/(YYYY|MM|DD|HH|mm)/)
        .map(pieceOf)
        .join("")}$`,
    );
  known.set(format, made);
  return made;
}

const pieceOf = (piece: string): string => PARTS[piece] ?? piece.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");

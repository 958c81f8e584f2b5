import { z } from "zod";

const TOKENS: Readonly<Record<string, string>> = {
  yyyy: "(?<year>[0-9]{4})",
  yy: "(?<shortYear>[0-9]{2})",
  MM: "(?<month>[0-9]{2})",
  M: "(?<month>[0-9]{1,2})",
  dd: "(?<day>[0-9]{2})",
  d: "(?<day>[0-9]{1,2})",
  HH: "(?<hour>[0-9]{2})",
  H: "(?<hour>[0-9]{1,2})",
  mm: "(?<minute>[0-9]{2})",
  ss: "(?<second>[0-9]{2})",
};

/** A date format in the letters of Unicode (LDML). Others than these are text, and stand for themselves. */
export const dateFormatSchema = z
  .string()
  .min(4)
  .max(60)
  .refine((format) => /y/.test(format) && /M/.test(format) && /d/.test(format), "a date format has year, month and day")
  .refine((format) => {
    try {
      return compileDateFormat(format).source !== "";
    } catch {
      return false;
    }
  }, "not a date format: each of yyyy MM dd HH mm ss at most once");

/** The expression of a format. */
export function compileDateFormat(format: string): RegExp {
  const body = format.replace(
    /yyyy|yy|MM|M|dd|d|HH|H|mm|ss|[^A-Za-z]|[A-Za-z]/gu,
    (part) => TOKENS[part] ?? part.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&"),
  );
  return new RegExp(`^${body}$`, "u");
}

/** ISO text of a field, `2010-12-19T10:27:00` or `2010-12-19`, by the first format that fits; two-digit years are of this century. */
export function readDate(text: string, formats: readonly RegExp[]): string | undefined {
  const plain = text.trim();
  for (const format of formats) {
    const groups = format.exec(plain)?.groups;
    if (groups === undefined) continue;
    const two = (part: string | undefined): string => (part ?? "00").padStart(2, "0");
    const day = `${groups["year"] ?? `20${groups["shortYear"] ?? ""}`}-${two(groups["month"])}-${two(groups["day"])}`;
    if (groups["hour"] === undefined) return day;
    return `${day}T${two(groups["hour"])}:${two(groups["minute"])}${groups["second"] === undefined ? "" : `:${groups["second"]}`}`;
  }
  return undefined;
}

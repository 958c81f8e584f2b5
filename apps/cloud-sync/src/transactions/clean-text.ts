/** As long as the wire lets a verdict's detail be. */
export const DETAIL_CHARS_MAX = 500;

/**
 * Text that any database, log and terminal can take: no control characters, no half of a surrogate pair, cut to
 * `DETAIL_CHARS_MAX`. Details quote names of fields that a terminal wrote, so they may hold anything.
 */
export function cleanText(text: string): string;
export function cleanText(text: string | undefined): string | undefined;
export function cleanText(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  return text
    .slice(0, DETAIL_CHARS_MAX)
    .replaceAll(/\p{Cc}/gu, "?")
    .toWellFormed();
}

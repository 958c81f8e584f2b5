import { DELIMITED_COLUMNS_MAX, DELIMITED_FIELD_MAX } from "../../kit/limits.ts";

/** Fields of a row, or why it has none. */
export type SplitRow =
  | { readonly ok: true; readonly fields: readonly string[] }
  | { readonly ok: false; readonly reason: "quote" | "limit" };

/**
 * Splits a row into fields. A quoted field ends with its quote; a doubled quote inside is one. Text is text: a field that
 * begins with `=` is no formula here, and stays as it is.
 */
export function splitRow(row: string, delimiter: string, quote: string | null): SplitRow {
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    if (quote !== null && row[at] === quote) {
      const field = readQuoted(row, at + 1, quote);
      if (field === undefined || (field.next < row.length && row[field.next] !== delimiter)) return { ok: false, reason: "quote" };
      fields.push(field.text);
      at = field.next;
    } else {
      const end = row.indexOf(delimiter, at);
      fields.push(row.slice(at, end < 0 ? row.length : end));
      at = end < 0 ? row.length : end;
    }
    if ((fields.at(-1)?.length ?? 0) > DELIMITED_FIELD_MAX || fields.length > DELIMITED_COLUMNS_MAX) return { ok: false, reason: "limit" };
    if (at >= row.length) return { ok: true, fields };
    at += 1;
  }
}

function readQuoted(row: string, from: number, quote: string): { text: string; next: number } | undefined {
  let text = "";
  let at = from;
  for (;;) {
    const end = row.indexOf(quote, at);
    if (end < 0) return undefined;
    text += row.slice(at, end);
    if (row[end + 1] !== quote) return { text, next: end + 1 };
    text += quote;
    at = end + 2;
  }
}

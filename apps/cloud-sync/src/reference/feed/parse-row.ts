import { isUtf8 } from "node:buffer";
import { ROW_BYTES_MAX, ROW_DEPTH_MAX } from "./limits.ts";
import type { FeedRow } from "./feed-row.ts";
import type { Line } from "./split-lines.ts";

/**
 * Reads a line as one JSON object. What JSON parsers disagree about is refused rather than guessed: names that come twice,
 * `__proto__`; and what a column cannot hold: NUL, halves of surrogate pairs.
 */
export function parseRow({ number, bytes, ended }: Line): FeedRow {
  const refused = (code: "reference.row-malformed" | "reference.row-too-large" | "reference.encoding-wrong", detail: string): FeedRow => ({
    line: number,
    bytes: 0,
    read: { refusal: { code, detail } },
  });
  if (bytes === undefined) return refused("reference.row-too-large", `more than ${ROW_BYTES_MAX} bytes`);
  if (!isUtf8(bytes)) return refused("reference.encoding-wrong", "not UTF-8");
  const text = bytes.toString("utf8");
  const shape = scan(text);
  if (shape.depth > ROW_DEPTH_MAX) return refused("reference.row-malformed", `nested deeper than ${ROW_DEPTH_MAX}`);
  const value = parse(text);
  if (value === undefined) return refused("reference.row-malformed", ended ? "not JSON" : "the feed ends in the middle of the row");
  if (typeof value !== "object" || value === null || Array.isArray(value)) return refused("reference.row-malformed", "not an object");
  const found = examine(value);
  if (found.wrong !== undefined) return refused("reference.row-malformed", found.wrong);
  if (found.names !== shape.names) return refused("reference.row-malformed", "a name comes twice");
  return { line: number, bytes: bytes.length, read: { fields: value as Record<string, unknown> } };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // Its message repeats a piece of the row.
    return undefined;
  }
}

/** Depth of nesting, and how many names the text has: colons outside of strings. Right for what is JSON. */
function scan(text: string): { depth: number; names: number } {
  let [depth, deepest, names] = [0, 0, 0];
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    if (unit === 0x22) i = endOfString(text, i);
    else if (unit === 0x3a) names += 1;
    else if (unit === 0x7b || unit === 0x5b) deepest = Math.max(deepest, (depth += 1));
    else if (unit === 0x7d || unit === 0x5d) depth -= 1;
  }
  return { depth: deepest, names };
}

function endOfString(text: string, start: number): number {
  let end = start;
  for (;;) {
    end = text.indexOf('"', end + 1);
    if (end === -1) return text.length;
    let slashes = 0;
    while (text.charCodeAt(end - 1 - slashes) === 0x5c) slashes += 1;
    if (slashes % 2 === 0) return end;
  }
}

/** What in a value cannot be taken, at whatever depth; undefined: nothing. For values that are not nested deeply. */
export const wrongInside = (value: unknown): string | undefined => examine(value).wrong;

interface Examined {
  readonly names: number;
  readonly wrong: string | undefined;
}

/** Counts names and looks into every text. Not deeper than `ROW_DEPTH_MAX`, which was checked. */
function examine(value: unknown): Examined {
  if (typeof value === "string") return { names: 0, wrong: wrongText(value) };
  if (typeof value !== "object" || value === null) return { names: 0, wrong: undefined };
  let names = 0;
  const isList = Array.isArray(value);
  for (const [name, inner] of Object.entries(value)) {
    if (!isList) names += 1;
    const wrong = isList ? undefined : name === "__proto__" ? "the name __proto__" : wrongText(name);
    const deeper = wrong === undefined ? examine(inner) : { names: 0, wrong };
    if (deeper.wrong !== undefined) return deeper;
    names += deeper.names;
  }
  return { names, wrong: undefined };
}

function wrongText(text: string): string | undefined {
  if (text.includes("\0")) return "a text with a NUL character";
  return text.isWellFormed() ? undefined : "a text with half a surrogate pair";
}

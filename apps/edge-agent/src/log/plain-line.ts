/** A line of the log; a field of a megabyte would hide the others. */
export const LINE_CHARS_MAX = 16 * 1024;
/** What is left of a text in a line that is too long. */
export const TEXT_CHARS_MAX = 2 * 1024;
const DEPTH_MAX = 6;
const ITEMS_MAX = 50;

/**
 * Characters that JSON leaves as they are and that move a terminal's cursor, end a line in some viewers, or turn a text
 * around. In JSON they stand inside strings alone, so that they can be written as escapes.
 */
const UNSAFE = /[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

/** One event, one line: what came from a POS, a file name or the network moves nothing on the screen of whoever reads it. */
export function plainLine(line: string): string {
  const short = line.length > LINE_CHARS_MAX ? shorten(line) : line;
  return short.replace(UNSAFE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

function shorten(line: string): string {
  try {
    const text = JSON.stringify(cut(JSON.parse(line), 0));
    return text.length > LINE_CHARS_MAX ? `${JSON.stringify(headOf(line))}\n` : `${text}\n`;
  } catch {
    return `${JSON.stringify({ msg: line.slice(0, TEXT_CHARS_MAX), cut: true })}\n`;
  }
}

/** Of a line that is wide rather than long. */
function headOf(line: string): object {
  const { level, time, name, code, msg } = JSON.parse(line) as Record<string, unknown>;
  return cut({ level, time, name, code, msg, cut: true }, 0) as object;
}

function cut(value: unknown, depth: number): unknown {
  if (typeof value === "string") return value.length > TEXT_CHARS_MAX ? `${value.slice(0, TEXT_CHARS_MAX)}[cut]`.toWellFormed() : value;
  if (typeof value !== "object" || value === null) return value;
  if (depth >= DEPTH_MAX) return "[cut]";
  if (Array.isArray(value)) return value.slice(0, ITEMS_MAX).map((item) => cut(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, ITEMS_MAX)
      .map(([key, item]) => [key.slice(0, 100), cut(item, depth + 1)]),
  );
}

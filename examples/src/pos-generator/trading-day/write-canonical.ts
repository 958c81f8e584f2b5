import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DayEntry } from "./day-state.ts";

/**
 * Writes a day as files of canonical transactions, one a line: what a till that can be programmed would write, and what no
 * file format of a POS has a form for. A file tells a receipt once; a later revision begins the next file, as a later
 * export of a till does. Their names are in the order in which they have to be read. Returns them.
 */
export function writeCanonicalDay(folder: string, entries: readonly DayEntry[]): string[] {
  mkdirSync(folder, { recursive: true });
  return splitByReceipt(entries).map((part, at) => {
    const name = `day-${String(at + 1).padStart(4, "0")}.ndjson`;
    const lines = part.map((entry) => `${JSON.stringify(entry.transaction)}\n`);
    writeFileSync(join(folder, name), lines.join(""));
    return name;
  });
}

function splitByReceipt(entries: readonly DayEntry[]): DayEntry[][] {
  const parts: DayEntry[][] = [];
  let keys = new Set<string>();
  for (const entry of entries) {
    const part = parts.at(-1);
    if (part === undefined || keys.has(entry.naturalKey)) {
      parts.push([entry]);
      keys = new Set();
    } else part.push(entry);
    keys.add(entry.naturalKey);
  }
  return parts;
}

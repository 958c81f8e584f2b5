import { TillsyncError } from "@tillsync/sync-protocol";
import type { Condition, ValueSource } from "./mapping.ts";
import { readNumber, type NumberFormat } from "./numbers.ts";

/** A row's fields by column name. */
export type Row = ReadonlyMap<string, string>;

/** Compiled expressions, once per session: a pattern is a text in the mapping. */
export type Patterns = (pattern: string) => RegExp;

export function createPatterns(): Patterns {
  const compiled = new Map<string, RegExp>();
  return (pattern) => {
    const known = compiled.get(pattern) ?? new RegExp(pattern, "u");
    compiled.set(pattern, known);
    return known;
  };
}

/** The value of a source for a row: trimmed, `undefined` when empty. */
export function readValue(source: ValueSource | undefined, row: Row, patterns: Patterns): string | undefined {
  if (source === undefined || typeof source === "string") return source;
  const text = readColumn(row, source.column, source.match, patterns) ?? source.default?.trim();
  return text === undefined || text === "" ? undefined : text;
}

/** A column's text, or what `match` takes of it. Text that does not match is taken as it is. */
export function readColumn(row: Row, column: string, match: string | undefined, patterns: Patterns): string | undefined {
  const text = (row.get(column) ?? "").trim();
  if (text === "") return undefined;
  if (match === undefined) return text;
  const found = patterns(match).exec(text);
  return found === null ? text : (found[1] ?? found[0]);
}

/** Like `readValue`; throws `capture.field-missing` naming the field of the model. */
export function needValue(source: ValueSource | undefined, row: Row, patterns: Patterns, field: string): string {
  const text = readValue(source, row, patterns);
  if (text === undefined) throw new TillsyncError("capture.field-missing", field);
  return text;
}

/** Whether all conditions hold for a row. */
export function fits(conditions: readonly Condition[], row: Row, patterns: Patterns, format: NumberFormat): boolean {
  return conditions.every((condition) => {
    const text = (row.get(condition.column) ?? "").trim();
    if (condition.matches !== undefined) return patterns(condition.matches).test(text);
    if (condition.equals !== undefined) return text === condition.equals;
    if (condition.is === "empty") return text === "";
    const number = readNumber(text, format);
    if (number === undefined) return false;
    const sign = /[1-9]/.test(number) ? (number.startsWith("-") ? "negative" : "positive") : "zero";
    return sign === condition.is;
  });
}

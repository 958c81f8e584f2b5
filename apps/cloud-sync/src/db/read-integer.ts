import { assert } from "@tillsync/sync-protocol";

/** `int8` as a number. All our counters stay far below 2^53; one that does not is a bug, never a rounded figure. */
export function readInteger(text: string): number {
  const value = Number(text);
  assert(Number.isSafeInteger(value), "int8 is a safe integer");
  return value;
}

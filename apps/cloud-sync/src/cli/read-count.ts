import { TillsyncError } from "@tillsync/sync-protocol";

/** A whole number of a flag, from 0 to `max`; `fallback` when the flag is not there. */
export function readCount(text: string | undefined, flag: string, fallback: number, max: number): number {
  if (text === undefined) return fallback;
  const value = Number(text);
  if (!/^\d{1,16}$/.test(text) || value > max) throw new TillsyncError("usage.invalid", `--${flag}: a whole number up to ${max}`);
  return value;
}

import { z } from "zod";

/** What a part remembers of a round, as the text of its stamp. */
const stampSchema = z.strictObject({
  /** The newest change at the system, by its own clock, ISO 8601; none: it had no records. */
  at: z.string().optional(),
  /** When that was first seen, by our clock. */
  seenMs: z.number(),
  /** A round has read with the overlap when nothing older could still be under way: from now on `at` itself is enough. */
  settled: z.boolean(),
  /** Digest of what all records lean on. */
  base: z.string(),
});
export type Stamp = z.infer<typeof stampSchema>;

export const readStamp = (text: string | undefined): Stamp | undefined =>
  text === undefined ? undefined : stampSchema.parse(JSON.parse(text));

/** The later of two moments; they sort as texts. */
export const later = (a: string | undefined, b: string | undefined): string | undefined =>
  a === undefined || b === undefined ? (a ?? b) : a > b ? a : b;

/**
 * The stamp of a round that begins now. A transaction may commit up to `overlapMs` after the moment that it writes down, so
 * that much is read again; but not for ever, where a system has been quiet since an import of everything.
 */
export function nextStamp(known: Stamp | undefined, newest: string | undefined, base: string, nowMs: number, overlapMs: number): string {
  const at = later(newest, known?.at);
  const isSame = known !== undefined && known.at === at;
  const seenMs = isSame ? Math.min(known.seenMs, nowMs) : nowMs;
  const settled = isSame && (known.settled || nowMs - seenMs >= overlapMs);
  return JSON.stringify({ ...(at === undefined ? {} : { at }), seenMs, settled, base } satisfies Stamp);
}

/** From when on changes are to be read; undefined: everything. */
export function readFrom({ at, settled }: Stamp, overlapMs: number): string | undefined {
  if (at === undefined) return undefined;
  return new Date(Math.max(0, Date.parse(at) - (settled ? 0 : overlapMs))).toISOString();
}

import type { SourceSnapshot } from "./snapshot.ts";

/** A source that rests and was not looked at for this many times its `freshForMs` is stuck: that is a person's matter. */
export const STALE_FACTOR = 3;

/** A moment of the future is none at all: a clock was set back since. */
function lookAgeMs({ lastReadAtMs }: SourceSnapshot, nowMs: number): number {
  if (lastReadAtMs === null || lastReadAtMs > nowMs) return Number.POSITIVE_INFINITY;
  return nowMs - lastReadAtMs;
}

/** The whole source was looked at a moment ago, nothing of it is unread, and it will be looked at again. */
export const isFullyRead = (source: SourceSnapshot, nowMs: number): boolean =>
  (source.state === "watching" || source.state === "reading") &&
  lookAgeMs(source, nowMs) <= source.freshForMs &&
  source.open === 0 &&
  source.failed === 0;

/** Nobody looks at it, or nobody has for long. A first look, or a long one that moves, is no fault. */
export const isStale = (source: SourceSnapshot, nowMs: number): boolean =>
  source.state === "stopped" ||
  (source.state === "watching" && source.lastReadAtMs !== null && lookAgeMs(source, nowMs) > STALE_FACTOR * source.freshForMs);

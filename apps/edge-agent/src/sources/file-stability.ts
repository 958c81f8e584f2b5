/** What was last seen of a file, and since when it looks so. Times are of the monotonic clock: file times lie. */
export interface Observation {
  readonly size: number;
  readonly mtimeMs: number;
  readonly sinceMs: number;
  /** Since when something in it cannot be read while it is still being written. */
  readonly unclearSinceMs?: number | undefined;
  /** All of it is known to be taken, as long as it looks so. */
  readonly settled?: true;
  /** It may still grow, and every byte that was seen has become a transaction or was set aside. */
  readonly takenSoFar?: boolean;
}

/** Size and time together: some writers set the full size first, some tools keep the time. */
export function observe(before: Observation | undefined, stat: { size: number; mtimeMs: number }, nowMs: number): Observation {
  if (before !== undefined && before.size === stat.size && before.mtimeMs === stat.mtimeMs) return before;
  return { size: stat.size, mtimeMs: stat.mtimeMs, sinceMs: nowMs, unclearSinceMs: before?.unclearSinceMs };
}

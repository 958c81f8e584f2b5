/** After a start: not at once, since all tills of a shop start together in the morning. */
const FIRST_MS = { least: 60_000, spread: 15 * 60_000 };
/** After a failure: doubled each time, up to the usual interval. */
const RETRY_MS = 5 * 60_000;
const DOUBLINGS_MAX = 10;

/** How long to wait before looking for updates again: spread by chance, growing with failures, never past the interval. */
export function nextCheckMs(everyMs: number, failures: number | undefined, random: number): number {
  if (failures === undefined) return Math.min(everyMs, FIRST_MS.least + random * FIRST_MS.spread);
  const waitMs = failures === 0 ? everyMs : Math.min(everyMs, RETRY_MS * 2 ** Math.min(failures - 1, DOUBLINGS_MAX));
  return waitMs * (0.75 + random / 4);
}

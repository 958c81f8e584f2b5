/**
 * Full jitter: anywhere between nothing and `baseMs` doubled per failure, up to `capMs`. Many that failed together do not
 * come back together. `failures` counts from 1; `random` is from 0 up to 1.
 */
export function retryDelayMs(failures: number, bounds: { baseMs: number; capMs: number }, random: number): number {
  const ceiling = Math.min(bounds.capMs, bounds.baseMs * 2 ** Math.min(failures - 1, 40));
  return Math.floor(ceiling * random);
}

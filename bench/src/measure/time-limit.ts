import { setTimeout as sleep } from "node:timers/promises";

/** Gives up on `work` after `timeoutMs` with an error that names what was waited for. Does not stop the work itself. */
export async function within<T>(timeoutMs: number, what: string, work: Promise<T>): Promise<T> {
  const stop = new AbortController();
  const late = sleep(timeoutMs, undefined, { signal: stop.signal }).then(() => {
    throw new Error(`${what} took longer than ${Math.round(timeoutMs / 1_000)} s`);
  });
  late.catch(() => undefined);
  try {
    return await Promise.race([work, late]);
  } finally {
    stop.abort();
  }
}

/** Asks again and again, `everyMs` apart, until the answer is not `undefined`. Throws after `timeoutMs`. */
export async function until<T>(
  timeoutMs: number,
  everyMs: number,
  what: string,
  ask: () => Promise<T | undefined> | T | undefined,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > deadline) throw new Error(`${what} took longer than ${Math.round(timeoutMs / 1_000)} s`);
    await sleep(everyMs);
  }
}

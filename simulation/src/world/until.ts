import { setTimeout as delay } from "node:timers/promises";

/** Asking costs whoever is asked: at most a third of the time goes into it. */
const REST_RATIO = 2;

/** Asks again until the answer is as wanted. The wait is bounded; at its end the last answer is in the error. */
export async function until<T>(what: string, ask: () => Promise<T>, wanted: (answer: T) => boolean, deadlineMs = 120_000): Promise<T> {
  const end = performance.now() + deadlineMs;
  for (;;) {
    const askedAt = performance.now();
    const answer = await ask();
    if (wanted(answer)) return answer;
    if (performance.now() > end) throw new Error(`not reached in ${deadlineMs} ms: ${what}; last answer ${JSON.stringify(answer)}`);
    await delay(Math.max(250, REST_RATIO * (performance.now() - askedAt)));
  }
}

import type { ConnectorPorts } from "../connector.ts";

/** The deadline passed first. */
export class DeadlinePassed extends Error {
  override readonly name = "DeadlinePassed";
}

/** The result of `work`, or a rejection with `DeadlinePassed` after `ms`; `work` itself goes on and must end by other means. */
export async function within<T>(ports: Pick<ConnectorPorts, "sleep">, ms: number, work: Promise<T>): Promise<T> {
  const done = new AbortController();
  const deadline = ports.sleep(ms, done.signal).then(() => {
    throw new DeadlinePassed();
  });
  // Whichever comes second is nobody's: neither may become an unhandled rejection.
  deadline.catch(() => undefined);
  work.catch(() => undefined);
  try {
    return await Promise.race([work, deadline]);
  } finally {
    done.abort();
  }
}

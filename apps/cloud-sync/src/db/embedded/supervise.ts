import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import type { Logger } from "pino";
import { startServer, type ServerAddress } from "./start-server.ts";
import { hasEnded, stopServerProcess, type ServerPlace } from "./server-process.ts";

const RESTART_DELAY_MAX_MS = 10_000;
/** A server that ran this long was healthy; its next end is not counted as one more failure. */
const HEALTHY_MS = 60_000;

export interface SupervisedServer {
  /** Fast shutdown. */
  stop(): Promise<void>;
}

/** Starts the server, and starts it again whenever it ends without being told to; meanwhile statements fail as `db.unavailable`. */
export async function superviseServer(place: ServerPlace, address: ServerAddress, log: Logger): Promise<SupervisedServer> {
  const stopping = new AbortController();
  let child = await startServer(place, address);

  const keepRunning = async (): Promise<void> => {
    for (let failures = 0; !stopping.signal.aborted;) {
      const startedMs = performance.now();
      await ended(child);
      if (stopping.signal.aborted) return;
      failures = performance.now() - startedMs > HEALTHY_MS ? 0 : failures + 1;
      log.error({ exitCode: child.exitCode, signal: child.signalCode, failures }, "the embedded database ended; it is started again");
      await delay(failures === 1 ? 0 : Math.min(100 * 2 ** failures, RESTART_DELAY_MAX_MS), undefined, { signal: stopping.signal }).catch(
        () => undefined,
      );
      if (stopping.signal.aborted) return;
      child = await startServer(place, address, stopping.signal).catch(() => child);
    }
  };
  const kept = keepRunning();
  return {
    stop: async () => {
      stopping.abort();
      await stopServerProcess(child);
      await kept;
      // A start that was under way when we were told to stop.
      await stopServerProcess(child);
    },
  };
}

const ended = async (child: ChildProcess): Promise<void> => {
  if (!hasEnded(child)) await once(child, "exit");
};

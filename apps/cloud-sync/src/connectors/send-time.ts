import { AsyncLocalStorage } from "node:async_hooks";
import type { ConnectorPorts } from "./connector.ts";

/** How long the send that is under way may still take, in milliseconds; zero or less: its time is over. */
export type TimeLeft = () => number;

/** A request that could only be cut off again is not begun. */
export const REQUEST_MIN_MS = 250;

const running = new AsyncLocalStorage<TimeLeft>();

/**
 * Runs one send (or look-up) with the time that its item has. Everything that the send calls learns of it by
 * `sendTimeLeft`, without every connector having to hand it on: past that time another process may send the same item.
 */
export const withSendTime = <T>(left: TimeLeft, work: () => Promise<T>): Promise<T> => running.run(left, work);

/** Milliseconds that the send under way has left; infinite outside of one. */
export const sendTimeLeft = (): number => running.getStore()?.() ?? Number.POSITIVE_INFINITY;

/** Ports whose `permit` also refuses a request for which its send has no time left. */
export function withinSendTime(ports: ConnectorPorts): ConnectorPorts {
  return {
    ...ports,
    permit: async (maxWaitMs) => {
      const mayWaitMs = Math.min(maxWaitMs, sendTimeLeft() - REQUEST_MIN_MS);
      if (mayWaitMs < 0) return false;
      return (await ports.permit(mayWaitMs)) && sendTimeLeft() >= REQUEST_MIN_MS;
    },
  };
}

/** Deadline of one request: the configured one, or what its send has left. A whole number of milliseconds, at least 1. */
export const requestTimeoutMs = (configuredMs: number): number => Math.max(1, Math.floor(Math.min(configuredMs, sendTimeLeft())));

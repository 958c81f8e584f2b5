import { withSendTime, type TimeLeft } from "../connectors/send-time.ts";
import { deadlineIn, GRACE_MS, isPast, timeLeft } from "./deadline.ts";
import type { Worker } from "./worker.ts";

/**
 * Runs one send with the time of a send, which the lease outlasts. A connector that does not come back is given up a little
 * later: then this ends with `overdue`, and what the connector says after that is nobody's.
 */
export async function withinTime<T>(worker: Worker, send: (left: TimeLeft) => Promise<T>, overdue: T): Promise<T> {
  const { deps, line, controls, sends } = worker;
  const deadline = deadlineIn(deps.ports, line.sendMs);
  const left = controls.fencing ? () => timeLeft(deps.ports, deadline) : () => Number.POSITIVE_INFINITY;
  const over = Promise.withResolvers<T>();
  const under = { isOver: () => controls.fencing && isPast(deps.ports, deadline, GRACE_MS), giveUp: () => over.resolve(overdue) };
  sends.add(under);
  try {
    return await Promise.race([withSendTime(left, () => send(left)), over.promise]);
  } finally {
    sends.delete(under);
  }
}

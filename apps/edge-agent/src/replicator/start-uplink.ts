import { isFor } from "../enrol/enrol-terminal.ts";
import { loadEnrolment, type Enrolment } from "../enrol/enrolment.ts";
import { ENROLMENT_POLL_MS } from "./limits.ts";
import type { Timer } from "./ports.ts";
import { clockStatus, startReplicator, type ClockStatus, type Replicator, type ReplicatorDeps } from "./start-replicator.ts";
import { NOTHING_KEPT, upstreamStatus, type UpstreamStatus } from "./upstream-status.ts";

export interface Uplink {
  /** The enrolment in force, if there is one. */
  enrolment(): Enrolment | undefined;
  status(): UpstreamStatus;
  clock(): ClockStatus;
  /** How the line stands, without a look into the store. */
  line(): ReturnType<Replicator["line"]>;
  /** The machine has slept: says hello at once. */
  wake(): void;
  stop(): Promise<void>;
}

export type UplinkDeps = Omit<ReplicatorDeps, "enrolment">;

/**
 * The agent's side of the cloud from its first start on: replicates once the folder is enrolled and looks for an
 * enrolment every two seconds until then, so that `enrol` takes effect on an agent that runs.
 */
export function startUplink(deps: UplinkDeps): Uplink {
  let replicator: Replicator | undefined;
  let enrolment: Enrolment | undefined;
  let timer: Timer | undefined;
  let complaint: string | undefined;
  const look = (): void => {
    try {
      const found = loadEnrolment(deps.store.dir);
      if (found !== undefined && isFor(found, deps.keys)) {
        enrolment = found;
        replicator = startReplicator({ ...deps, enrolment: found });
        return;
      }
    } catch (error) {
      const text = String(error);
      if (text !== complaint) deps.log.error({ err: error }, "the enrolment cannot be read");
      complaint = text;
    }
    timer = deps.ports.setTimer(ENROLMENT_POLL_MS, look);
  };
  look();
  return {
    enrolment: () => enrolment,
    status: () => replicator?.status() ?? upstreamStatus(deps.store, NOTHING_KEPT, deps.ports.wallMs()),
    clock: () => replicator?.clock() ?? clockStatus(null),
    line: () => replicator?.line() ?? NOTHING_KEPT,
    wake: () => replicator?.wake(),
    stop: async () => {
      timer?.cancel();
      await replicator?.stop();
    },
  };
}

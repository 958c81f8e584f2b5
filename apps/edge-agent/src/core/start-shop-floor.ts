import type { Handlers } from "../control/methods.ts";
import { listLineHistory, openLineHistory } from "../health/line-history.ts";
import type { Maintenance } from "../health/maintenance.ts";
import { noticeSleep, type Moment } from "../health/notice-sleep.ts";
import { createSnapshots, type SnapshotDeps } from "../health/read-snapshot.ts";
import { watchLine } from "../health/watch-line.ts";
import type { ReplicatorPorts, Timer } from "../replicator/ports.ts";
import type { Uplink } from "../replicator/start-uplink.ts";
import type { Reference } from "../reference/start-reference.ts";
import type { SourceDeps } from "../sources/source-deps.ts";
import type { FolderWatches } from "../sources/watch-folders.ts";
import type { Snapshot } from "../window-api/snapshot.ts";

/** How often the line and the clocks are looked at: a history by the second is what a person can use. */
const LOOK_EVERY_MS = 1_000;
const ALIVE_EVERY_MS = 60_000;

export interface ShopFloorDeps extends SourceDeps, Pick<SnapshotDeps, "intake" | "updates" | "updateProblem"> {
  readonly ports: ReplicatorPorts & {
    /** Since the machine was started, sleep included; absent: the monotonic clock is all there is. */
    readonly bootMs?: () => number;
  };
  readonly uplink: Uplink;
  readonly reference: Reference;
  readonly sources: FolderWatches;
  readonly maintenance: Maintenance;
}

export interface ShopFloor {
  readonly snapshot: () => Snapshot;
  readonly handlers: Pick<Handlers, "snapshot" | "line-history" | "pause" | "resume">;
  /** Writes that the agent stops. Call it while the store is open. */
  readonly stop: () => void;
}

/**
 * What tray and window are told of a running agent, and what they may change: keeps the history of the line, ends pauses,
 * and after the machine has slept or its clock was set, looks at sources and line at once.
 */
export function startShopFloor(deps: ShopFloorDeps): ShopFloor {
  const { store, log, uplink, reference, sources, maintenance } = deps;
  const history = openLineHistory(store, log);
  const line = watchLine({ line: () => uplink.line(), clock: () => uplink.clock(), now: store.now, history });
  const snapshot = createSnapshots({
    ...deps,
    reference: reference.store,
    enrolment: () => uplink.enrolment(),
    line: () => uplink.line(),
    lineSinceMs: line.sinceMs,
    clock: () => uplink.clock(),
    referenceLine: () => reference.line(),
    folders: () => sources.snapshot(),
    disk: () => deps.guard.state(),
    config: () => sources.config(),
    pause: () => maintenance.pause(),
  });
  const wake = (): void => {
    uplink.wake();
    reference.wake();
    void sources.rescan();
  };
  let paused = false;
  const lookAtPause = (): void => {
    const before = paused;
    paused = maintenance.pause() !== null;
    if (before && !paused) void sources.rescan();
  };
  const looks = startLooking(deps, {
    look: () => {
      maintenance.check();
      lookAtPause();
      line.look();
    },
    alive: history.alive,
    onSlept: (ms) => {
      log.info({ ms }, "the machine has slept, or this process was stopped: line and sources are looked at");
      history.note("woke", { lastedMs: ms });
      wake();
    },
    onClockSet: wake,
  });
  return {
    snapshot,
    handlers: {
      snapshot,
      "line-history": ({ before, limit }) => listLineHistory(store, limit, before),
      pause: ({ forMs, reason }) => {
        maintenance.begin(forMs, reason);
        lookAtPause();
        return { pause: maintenance.pause() };
      },
      resume: () => {
        maintenance.end();
        lookAtPause();
        return { pause: null };
      },
    },
    stop: () => {
      looks.stop();
      history.note("stopped");
    },
  };
}

interface Looks {
  readonly look: () => void;
  readonly alive: () => void;
  readonly onSlept: (ms: number) => void;
  readonly onClockSet: () => void;
}

function startLooking({ ports, store }: ShopFloorDeps, looks: Looks): { stop: () => void } {
  const now = (): Moment => ({ monotonicMs: ports.monotonicMs(), bootMs: ports.bootMs?.() ?? ports.monotonicMs(), wallMs: store.now() });
  let before = now();
  let aliveAtMs = before.monotonicMs;
  let timer: Timer;
  const tick = (): void => {
    const moment = now();
    const found = noticeSleep(before, moment, LOOK_EVERY_MS);
    before = moment;
    if (found?.kind === "slept") looks.onSlept(found.ms);
    if (found?.kind === "clock-set") looks.onClockSet();
    looks.look();
    if (moment.monotonicMs - aliveAtMs >= ALIVE_EVERY_MS || found?.kind === "slept") {
      aliveAtMs = moment.monotonicMs;
      looks.alive();
    }
    timer = ports.setTimer(LOOK_EVERY_MS, tick);
  };
  timer = ports.setTimer(LOOK_EVERY_MS, tick);
  return { stop: () => timer.cancel() };
}

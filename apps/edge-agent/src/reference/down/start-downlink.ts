import { collections } from "@tillsync/sync-protocol";
import { isFor } from "../../enrol/enrol-terminal.ts";
import { loadEnrolment, type Enrolment } from "../../enrol/enrolment.ts";
import { freeBytes } from "../../health/disk-guard.ts";
import type { TerminalKeys } from "../../keys/key-files.ts";
import { createCloudClock } from "../../replicator/cloud-clock.ts";
import { deviceToken } from "../../replicator/device-token.ts";
import { ENROLMENT_POLL_MS } from "../../replicator/limits.ts";
import type { ReplicatorPorts, Timer } from "../../replicator/ports.ts";
import type { ReplicatorLog } from "../../replicator/start-replicator.ts";
import { readReferenceStatus, stateOf, type ReferenceLine, type ReferenceStatus } from "../status.ts";
import { freshAt } from "../store/positions.ts";
import { pruneTombstones } from "../store/prune-tombstones.ts";
import type { ReferenceStore } from "../store/reference-store.ts";
import { isLoaded, markDirty, type Down } from "./down.ts";
import { runLoads } from "./load-loop.ts";
import { openDownLine, type DownLine } from "./open-down-line.ts";
import { createBell } from "./pauses.ts";
import { runPulls } from "./pull-loop.ts";
import { reserveSpace } from "./reserve-space.ts";
import { runStream } from "./stream-loop.ts";

export interface DownlinkDeps {
  readonly store: ReferenceStore;
  readonly keys: TerminalKeys;
  readonly ports: ReplicatorPorts;
  readonly log: ReplicatorLog;
  readonly env: NodeJS.ProcessEnv;
  /** For tests; the disk's own otherwise. */
  readonly freeBytes?: (dir: string) => number;
}

/** What flows down, while the agent runs. */
export interface Downlink {
  status(): ReferenceStatus;
  /** How it stands, without counting what there is. */
  line(): ReferenceLine;
  /** The machine has slept: begins the stream anew and asks for everything. */
  wake(): void;
  /** Gives up what is under way and closes connections; the next start goes on there. */
  stop(): Promise<void>;
}

/**
 * Keeps the reference data as the cloud has it, from the folder's enrolment on, with connections, timers and failures of its
 * own: an uplink that is stuck does not delay a price, and nothing here delays a sale. Throws nothing after it has started.
 */
export function startDownlink(deps: DownlinkDeps): Downlink {
  let running: { down: Down; ended: Promise<void>; line: DownLine } | undefined;
  let timer: Timer | undefined;
  const stopping = new AbortController();
  const look = (): void => {
    const enrolment = findEnrolment(deps);
    if (enrolment === undefined) timer = deps.ports.setTimer(ENROLMENT_POLL_MS, look);
    else running = run(deps, enrolment, stopping.signal);
  };
  look();
  return {
    status: () => readReferenceStatus(deps.store, contextOf(running?.down)),
    line: () => lineOf(deps.store, running?.down),
    wake: () => {
      if (running === undefined) return;
      running.down.restartStream();
      markDirty(running.down, ...collections);
    },
    stop: async () => {
      timer?.cancel();
      stopping.abort();
      await running?.line.close();
      await running?.ended;
    },
  };
}

/** What is wrong with the file of the enrolment is told by the uplink, which reads it too. */
function findEnrolment({ store, keys }: DownlinkDeps): Enrolment | undefined {
  try {
    const found = loadEnrolment(store.dir);
    return found !== undefined && isFor(found, keys) ? found : undefined;
  } catch {
    return undefined;
  }
}

function run(deps: DownlinkDeps, enrolment: Enrolment, signal: AbortSignal): { down: Down; ended: Promise<void>; line: DownLine } {
  const { store, ports, log } = deps;
  const clock = createCloudClock(ports);
  const { terminal, audience } = enrolment;
  const token = deviceToken({ terminal, audience, identity: deps.keys.identity, cloudNowMs: () => clock.nowMs() });
  const line = openDownLine({ url: enrolment.url, caFile: enrolment.caFile, env: deps.env, token, clock, ports });
  const down: Down = {
    store,
    line,
    ports,
    log,
    signal,
    owner: { cloud: audience, terminal, store: enrolment.store },
    reserve: (bytes) => reserveSpace(store.dir, bytes, deps.freeBytes ?? freeBytes),
    bells: { load: createBell(ports), pull: createBell(ports) },
    file: undefined,
    planned: false,
    live: false,
    dirty: new Set(),
    asOf: new Map(),
    failing: new Map(),
    lastError: null,
    restartStream: () => undefined,
  };
  store.onReplaced = () => {
    down.bells.load.ring();
    down.bells.pull.ring();
    down.restartStream();
  };
  try {
    pruneTombstones(store);
  } catch (error) {
    log.warn({ err: error }, "old tombstones of the reference data could not be removed");
  }
  const ended = Promise.all([runLoads(down), runPulls(down), runStream(down)]).then(() => undefined);
  return { down, ended, line };
}

function contextOf(down: Down | undefined) {
  if (down === undefined) return { state: "not-enrolled" as const, lastError: null, asOf: new Map() };
  const loaded = collections.every((collection) => isLoaded(down, collection));
  return { state: stateOf(loaded, down.live, [...down.failing.values()]), lastError: down.lastError, asOf: down.asOf };
}

/** Everything is as fresh as the collection that is the oldest; one that was never as the cloud has it makes it null. */
function lineOf(store: ReferenceStore, down: Down | undefined): ReferenceLine {
  const { state, lastError, asOf } = contextOf(down);
  const times = collections.map((collection) => asOf.get(collection) ?? freshAt(store.file, collection));
  const asOfMs = times.some((time) => time === null) ? null : Math.min(...times.map((time) => time ?? 0));
  return { state, asOfMs, code: state === "blocked" || state === "offline" ? (lastError?.code ?? null) : null };
}

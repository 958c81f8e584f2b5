import { TillsyncError } from "@tillsync/sync-protocol";
import { capturePaths } from "../capture/capture-paths.ts";
import { retrySetAside } from "../capture/retry-set-aside.ts";
import { startCare } from "../care/start-care.ts";
import { loadConfig } from "../config/load-config.ts";
import { openDoors } from "../control/open-doors.ts";
import type { Handlers } from "../control/methods.ts";
import { openMaintenance } from "../health/maintenance.ts";
import type { Enrolment } from "../enrol/enrolment.ts";
import { readStatus, type AgentStatus } from "../health/status.ts";
import type { Intake } from "../intake/serve-intake.ts";
import { startIntake } from "../intake/start-intake.ts";
import { readMeta } from "../journal/meta.ts";
import { COPIED_AT } from "../journal/open-journal.ts";
import { cancel } from "../redemptions/cancel.ts";
import { openReservations } from "../redemptions/open-reservations.ts";
import { startRedemptions } from "../redemptions/start-redemptions.ts";
import type { ReplicatorPorts } from "../replicator/ports.ts";
import { startUplink, type Uplink } from "../replicator/start-uplink.ts";
import { startReference, type Reference } from "../reference/start-reference.ts";
import { windowHandlers } from "../reference/window/window-handlers.ts";
import { serveUpdates, type ServedUpdates } from "../updates/serve-updates.ts";
import { watchFolders, type FolderWatches } from "../sources/watch-folders.ts";
import type { SourceLog } from "../sources/source-deps.ts";
import type { WindowMethod } from "../window-api/methods.ts";
import { configuredSource } from "./configured-source.ts";
import { keepHouse } from "./keep-house.ts";
import { openFolder, type AgentFolder } from "./open-folder.ts";
import { startShopFloor } from "./start-shop-floor.ts";

export interface AgentPorts extends ReplicatorPorts {
  readonly env: NodeJS.ProcessEnv;
  /** Since the machine was started, sleep included. Absent: sleep is told by the monotonic clock alone. */
  readonly bootMs?: () => number;
}

export interface Agent {
  readonly status: () => AgentStatus;
  /** Reads the configuration again; a wrong one is told and the last good one stays. */
  readonly reload: () => Promise<void>;
  /** Stops in order: sources, the line, the windows, the store. What was captured is on disk already. */
  readonly stop: () => Promise<void>;
}

export interface AgentOptions {
  readonly ports: AgentPorts;
  readonly log: SourceLog;
  /** Called when a window asks the agent to stop. */
  readonly onStopWish: () => void;
  /** Folder of the door for staff; absent: there is none. */
  readonly staffDoor?: string | undefined;
}

/** Starts the core on a data folder. Throws what `openFolder` throws; once it runs, nothing of a source or a line ends it. */
export async function startAgent(dir: string, options: AgentOptions): Promise<Agent> {
  const { ports, log } = options;
  let stopping = false;
  const ending = new AbortController();
  const folder = openFolder(dir, { now: ports.wallMs, onDiskChange: (state) => logDisk(log, state) });
  const deps = { ...folder, ports, log, stopping: () => stopping };
  try {
    tellFolder(folder, log);
    const uplink = startUplink({ store: folder.store, keys: folder.keys, ports, log, env: ports.env });
    const reference = startReference(dir, { journal: folder.store, keys: folder.keys, ports, log, env: ports.env });
    const enrolment = (): Enrolment | undefined => uplink.enrolment();
    const redemptions = startRedemptions({ ...deps, reference: reference.store, enrolment, env: ports.env });
    const maintenance = openMaintenance(deps);
    const sources = watchFolders({ ...deps, paused: () => maintenance.pause() !== null }, folder.dir, folder.config);
    const updates = serveUpdates({ ...deps, program: process.argv[1] ?? "", uplink, reference, sources, maintenance });
    const house = keepHouse(deps, () => sources.config());
    let intake: Intake | undefined;
    const status = (): AgentStatus => liveStatus(folder, uplink, reference, sources, intake);
    intake = await startIntake(
      {
        ...deps,
        status,
        reference: reference.store,
        redemptions,
        enrolment,
        line: () => uplink.status().state,
        onTold: updates.noteActivity,
      },
      folder.config.intake,
    );
    const shopFloor = startShopFloor({
      ...deps,
      uplink,
      reference,
      sources,
      maintenance,
      intake: intake.status,
      updates: updates.waiting,
      updateProblem: updates.problem,
    });
    const care = startCare({ ...deps, uplink, reference, sources, signal: ending.signal });
    const { staffDoor } = options;
    const window = windowHandlers({ ...deps, reference: reference.store, terminal: enrolment, signal: ending.signal });
    const owner = handlersOf(deps, status, sources, options.onStopWish);
    const handlers = { ...owner, ...updates.handlers, ...care.handlers, ...shopFloor.handlers, ...window };
    const doors = await openDoors(dir, { ports, log, staffDoor, handlers });
    return {
      status,
      reload: () => reload(dir, sources, intake, log),
      stop: async () => {
        stopping = true;
        ending.abort();
        shopFloor.stop();
        house.stop();
        const asked = intake.stop().then(() => Promise.all([redemptions.stop(), reference.stop()]));
        await Promise.all([asked, sources.stop(), uplink.stop(), doors.close(), updates.stop(), care.stop()]);
        await house.idle();
        folder.close();
      },
    };
  } catch (cause) {
    folder.close();
    throw cause;
  }
}

function handlersOf(
  deps: AgentFolder & { stopping: () => boolean },
  status: () => AgentStatus,
  sources: FolderWatches,
  onStopWish: () => void,
): Omit<Handlers, WindowMethod | keyof ServedUpdates["handlers"]> {
  const { store } = deps;
  return {
    status,
    capture: (request) => capturePaths(deps, request),
    "set-aside-retry": ({ ids, config }) =>
      retrySetAside({ ...deps, configOf: configuredSource(deps.dir, () => sources.config()) }, ids, config),
    "redemptions-list": () => openReservations(store),
    "redemptions-cancel": ({ id }) => cancel(store, id),
    stop: () => {
      onStopWish();
      return { stopping: true };
    },
  };
}

function liveStatus(
  folder: AgentFolder,
  uplink: Uplink,
  reference: Reference,
  sources: FolderWatches,
  intake: Intake | undefined,
): AgentStatus {
  const enrolment = uplink.enrolment();
  return readStatus(folder.store, {
    running: true,
    terminalId: enrolment?.terminal ?? null,
    storeId: enrolment?.store ?? null,
    upstreams: [uplink.status()],
    clockOffsetMs: uplink.clock().offsetMs,
    sources: sources.status(),
    reference: reference.status(),
    intake: intake?.status() ?? null,
    disk: folder.guard.state(),
  });
}

async function reload(dir: string, sources: FolderWatches, intake: Intake, log: SourceLog): Promise<void> {
  try {
    const config = loadConfig(dir);
    await sources.replace(config);
    await intake.replace(config.intake);
    log.info({}, "the configuration was read again");
  } catch (error) {
    if (!(error instanceof TillsyncError)) throw error;
    log.error({ code: error.code, detail: error.detail }, "the new configuration is wrong; the last good one stays in force");
  }
}

function tellFolder({ guard, store }: AgentFolder, log: SourceLog): void {
  if (guard.state() === "full") logDisk(log, "full");
  if (readMeta(store, COPIED_AT) !== undefined)
    log.warn({ code: "journal.copied", epoch: store.end.epoch }, "this folder was copied or restored; the journal went on in a new epoch");
}

function logDisk(log: SourceLog, state: "ok" | "full"): void {
  if (state === "full") log.error({ code: "store.disk-full" }, "the disk is full: no more sales are accepted until space is freed");
  else log.info({}, "there is space again: sales are accepted");
}

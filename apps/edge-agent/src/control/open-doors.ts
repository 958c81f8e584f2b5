import { statSync } from "node:fs";
import { TillsyncError } from "@tillsync/sync-protocol";
import type { ReplicatorPorts, Timer } from "../replicator/ports.ts";
import type { SourceLog } from "../sources/source-deps.ts";
import { serveControl, type ControlOptions, type ControlServer } from "./serve-control.ts";

/** A staff's door that could not be opened is tried again after this. */
const OPEN_AGAIN_MS = 10_000;
const OTHERS_MAY_WRITE = 0o022;

export interface DoorsOptions extends Pick<ControlOptions, "handlers"> {
  /** Absolute folder of the staff's door; undefined: there is none. */
  readonly staffDoor: string | undefined;
  readonly ports: Pick<ReplicatorPorts, "setTimer">;
  readonly log: SourceLog;
}

export interface Doors {
  readonly close: () => Promise<void>;
}

/**
 * Opens the owner's door in the data folder, and the staff's where one is wished. Without the owner's the agent does not
 * start; the staff's is told and tried again, since sales are captured without it. Throws `door.taken`, `keys.*`.
 */
export async function openDoors(dir: string, { staffDoor, ...options }: DoorsOptions): Promise<Doors> {
  const onError = (error: unknown): void => options.log.error({ err: error }, "a request of a window failed");
  const owner = await serveControl(dir, { handlers: options.handlers, onError });
  const staff = staffDoor === undefined ? undefined : await keepStaffDoor(staffDoor, { ...options, onError });
  return { close: async () => void (await Promise.all([owner.close(), staff?.close()])) };
}

async function keepStaffDoor(folder: string, options: Omit<DoorsOptions, "staffDoor"> & Pick<ControlOptions, "onError">): Promise<Doors> {
  let server: ControlServer | undefined;
  let timer: Timer | undefined;
  let closed = false;
  const open = async (): Promise<void> => {
    try {
      checkStaffFolder(folder);
      server = await serveControl(folder, { ...options, kind: "staff" });
      if (closed) await server.close();
      else options.log.info({ folder }, "the staff's door is open");
    } catch (cause) {
      const known = codedError(folder, cause);
      options.log.error({ code: known.code, detail: known.detail }, "the staff's door cannot be opened; it is tried again");
      if (!closed) timer = options.ports.setTimer(OPEN_AGAIN_MS, () => void open());
    }
  };
  await open();
  return {
    close: async () => {
      closed = true;
      timer?.cancel();
      await server?.close();
    },
  };
}

/** Whoever may write to the folder could put a door of his own in the place of ours. Throws `door.folder-unsafe`. */
function checkStaffFolder(folder: string): void {
  const found = statSync(folder, { throwIfNoEntry: false });
  const unsafe = (why: string): TillsyncError => new TillsyncError("door.folder-unsafe", `${folder}: ${why}`);
  if (found?.isDirectory() !== true) throw unsafe("no folder");
  if (process.platform === "win32") return;
  if (found.uid !== 0 && found.uid !== process.getuid?.()) throw unsafe("it belongs to another user");
  if ((found.mode & OTHERS_MAY_WRITE) !== 0) throw unsafe(`mode ${(found.mode & 0o7777).toString(8)}`);
}

function codedError(folder: string, cause: unknown): TillsyncError {
  if (cause instanceof TillsyncError) return cause;
  const { code } = cause as NodeJS.ErrnoException;
  if (code === undefined) return new TillsyncError("internal.unexpected", undefined, { cause });
  return new TillsyncError("door.folder-unsafe", `${folder}: ${code}`, { cause });
}

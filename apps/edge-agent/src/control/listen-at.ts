import { chmodSync, chownSync, lstatSync, renameSync, rmSync, statSync } from "node:fs";
import { createConnection, type Server } from "node:net";
import { dirname } from "node:path";
import { TillsyncError } from "@tillsync/sync-protocol";
import { DOOR_MODES, type DoorKind } from "./door.ts";

/** How long whoever may listen there already gets to take a connection. */
const PROBE_MS = 1_000;

/**
 * Makes a server listen at a door's address. A socket is made beside it, gets its rights, and then takes its place in one
 * step: there is no moment at which others could connect, and a link, or the socket of an agent that died or of a
 * stranger, is replaced and never followed. Returns how to take it away again. Throws `door.taken` for everything else
 * that stands there, and where the system gives the name to nobody but its holder.
 */
export async function listenAt(server: Server, address: string, kind: DoorKind): Promise<() => void> {
  if (address.startsWith("\\\\")) {
    // A pipe knows no groups here: who may read the staff's secret decides.
    await listen(server, { path: address, readableAll: kind === "staff", writableAll: kind === "staff" });
    return () => {};
  }
  if (!isReplaceable(address)) throw new TillsyncError("door.taken", address);
  if (kind === "staff" && (await isAnswering(address))) throw new TillsyncError("door.taken", `${address}: another agent's`);
  const beside = `${address}~`;
  try {
    rmSync(beside, { force: true });
    await listen(server, { path: beside });
    if (kind === "staff") chownSync(beside, -1, statSync(dirname(address)).gid);
    chmodSync(beside, DOOR_MODES[kind].socket);
    renameSync(beside, address);
  } catch (cause) {
    server.close();
    throw cause instanceof TillsyncError
      ? cause
      : new TillsyncError("door.taken", `${address}: ${(cause as NodeJS.ErrnoException).code ?? ""}`, { cause });
  }
  const own = identityOf(address);
  return () => {
    if (own !== undefined && identityOf(address) === own) rmSync(address, { force: true });
  };
}

/** Tells a socket from another that took its place: a file system gives the number of one that is gone to the next that is made. */
function identityOf(address: string): string | undefined {
  const found = lstatSync(address, { throwIfNoEntry: false, bigint: true });
  return found?.isSocket() === true ? `${found.dev}:${found.ino}:${found.birthtimeNs}:${found.ctimeNs}` : undefined;
}

/** Nothing, a socket or a link. A file or folder of that name is somebody's: it is not deleted. */
function isReplaceable(address: string): boolean {
  const found = lstatSync(address, { throwIfNoEntry: false });
  return found === undefined || found.isSocket() || found.isSymbolicLink();
}

function listen(server: Server, options: { path: string; readableAll?: boolean; writableAll?: boolean }): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (cause: NodeJS.ErrnoException): void =>
      reject(new TillsyncError("door.taken", `${options.path}: ${cause.code ?? ""}`, { cause }));
    server.once("error", fail);
    server.listen(options, () => {
      server.off("error", fail);
      resolve();
    });
  });
}

function isAnswering(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(address);
    const end = (answers: boolean) => () => {
      socket.destroy();
      resolve(answers);
    };
    socket.setTimeout(PROBE_MS, end(false));
    socket.once("error", end(false)).once("connect", end(true));
  });
}

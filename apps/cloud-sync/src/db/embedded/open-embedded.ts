import { randomBytes } from "node:crypto";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { platform } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { TillsyncError } from "@tillsync/sync-protocol";
import type { Logger } from "pino";
import type { Database } from "../database.ts";
import { openPostgres } from "../postgres.ts";
import { requireOpenWay } from "./closed-ancestor.ts";
import { readConnection, removeConnection, writeConnection } from "./connection-file.ts";
import { lockFolder, type FolderLock } from "./folder-lock.ts";
import { DATABASE_USER, makeCluster } from "./make-cluster.ts";
import { chooseRunAs } from "./run-as.ts";
import { findRuntime } from "./runtime.ts";
import type { ServerPlace } from "./server-process.ts";
import type { ServerAddress } from "./start-server.ts";
import { superviseServer } from "./supervise.ts";

/** How long one waits for a command that has the folder, or for a cloud that is starting up. */
const LOCK_WAIT_MAX_MS = 30_000;
const LOCK_POLL_MS = 50;
/** `sun_path` holds 104 bytes on the smallest system, its end included. */
const SOCKET_PATH_MAX = 103;

export interface EmbeddedOptions {
  /** The cloud's data folder; made if it does not exist. */
  readonly dir: string;
  /** `serve` owns the server as long as it runs. `command` is a guest of a running cloud, or owns it for its own time. */
  readonly role: "serve" | "command";
  readonly log: Logger;
}

/**
 * A real PostgreSQL in the data folder, started, supervised and stopped by this process: one server per folder, found
 * again after any crash. Throws `data.locked`, `db.unavailable`, `db.runtime`, `db.no-user`, `db.folder-closed`.
 */
export async function openEmbedded({ dir, role, log }: EmbeddedOptions): Promise<Database> {
  const home = join(resolve(dir), "postgres");
  const isRoot = process.getuid?.() === 0;
  // As root the server has a user of its own, which must be able to pass through, not to look around.
  await mkdir(home, { recursive: true, mode: isRoot ? 0o711 : 0o700 });
  const access = await getAccess(dir, home, role, log);
  return access.kind === "guest" ? access.db : own(home, role, access.lock, log);
}

type Access = { readonly kind: "owner"; readonly lock: FolderLock } | { readonly kind: "guest"; readonly db: Database };

async function getAccess(dir: string, home: string, role: EmbeddedOptions["role"], log: Logger): Promise<Access> {
  for (let waitedMs = 0; waitedMs < LOCK_WAIT_MAX_MS; waitedMs += LOCK_POLL_MS) {
    const lock = lockFolder(dir);
    if (lock !== undefined) return { kind: "owner", lock };
    const connection = await readConnection(home);
    if (connection?.owner === "serve") {
      if (role === "serve") throw new TillsyncError("data.locked", `process ${connection.pid}`);
      const db = await openPostgres(connection.address, log).catch(() => undefined);
      if (db !== undefined) return { kind: "guest", db };
    }
    await delay(LOCK_POLL_MS);
  }
  throw new TillsyncError("data.locked", "it does not become free");
}

async function own(home: string, role: EmbeddedOptions["role"], lock: FolderLock, log: Logger): Promise<Database> {
  try {
    await removeConnection(home);
    const { place, address } = await prepare(home);
    const server = await superviseServer(place, address, log);
    const db = await openPostgres(address, log).catch(async (error: unknown) => {
      await server.stop();
      throw error;
    });
    await writeConnection(home, { owner: role, pid: process.pid, address });
    const close = async (): Promise<void> => {
      await removeConnection(home);
      await db.close();
      await server.stop();
      lock.release();
    };
    return { ...db, close };
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function prepare(home: string): Promise<{ place: ServerPlace; address: ServerAddress }> {
  const runAs = await chooseRunAs(join(home, "cluster"));
  if (runAs.uid !== undefined) {
    await chmod(home, 0o711);
    await requireOpenWay(home, runAs, platform());
  }
  const password = await keepPassword(home);
  const runtime = await findRuntime(home, runAs);
  const cluster = await makeCluster(home, runtime, runAs, password);
  const useSocket = platform() !== "win32" && Buffer.byteLength(join(cluster, ".s.PGSQL.5432")) <= SOCKET_PATH_MAX;
  const listen = useSocket ? ({ kind: "socket" } as const) : ({ kind: "loopback", port: await freePort() } as const);
  const where = listen.kind === "socket" ? { host: cluster, port: 5432 } : { host: "127.0.0.1", port: listen.port };
  return {
    place: { home, cluster, runtime, runAs, listen },
    address: { ...where, user: DATABASE_USER, password, database: "tillsync" },
  };
}

/** Made before the cluster is, so that a crash in between finds the password that the cluster was made with. */
async function keepPassword(home: string): Promise<string> {
  const file = join(home, "password");
  const known = await readFile(file, "utf8").catch(() => "");
  if (known.length > 0) return known;
  const password = randomBytes(24).toString("base64url");
  await writeFile(file, password, { mode: 0o600, flush: true });
  return password;
}

function freePort(): Promise<number> {
  return new Promise((found, failed) => {
    const probe = createServer();
    probe.once("error", failed);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => found(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}

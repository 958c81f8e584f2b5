import { readdir, readFile, readlink, realpath, rm } from "node:fs/promises";
import { platform } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { TillsyncError } from "@tillsync/sync-protocol";

/** How long each kind of shutdown gets before the next: fast (writes a checkpoint), immediate, and the kernel's. */
const STEPS = [
  { signal: "SIGINT", waitMs: 10_000 },
  { signal: "SIGQUIT", waitMs: 5_000 },
  { signal: "SIGKILL", waitMs: 5_000 },
] as const;
const POLL_MS = 20;

/**
 * Stops the server processes that an earlier life of ours left on this cluster, and removes their lock files once none is
 * left. The caller holds the data folder's lock, so nobody else starts one meanwhile.
 *
 * On Linux a server process is known by its working folder, which is the cluster; a process number alone may belong to
 * somebody else by now. Elsewhere nothing is stopped here, and PostgreSQL's own lock file refuses a second server.
 */
export async function stopOrphans(cluster: string): Promise<void> {
  if (platform() !== "linux") return;
  const folder = await realpath(cluster).catch(() => undefined);
  if (folder === undefined) return;
  for (const { signal, waitMs } of STEPS) {
    await signalServer(folder, signal);
    if (await allGone(folder, waitMs)) {
      await removeLockFiles(cluster);
      return;
    }
  }
  throw new TillsyncError("data.locked", "processes of an earlier database server do not end");
}

/**
 * A killed server leaves them with its process number, which may look alive: a zombie that nobody has collected yet, or
 * another program by now.
 */
async function removeLockFiles(cluster: string): Promise<void> {
  const files = (await readdir(cluster)).filter((name) => name === "postmaster.pid" || name.startsWith(".s.PGSQL."));
  await Promise.all(files.map((name) => rm(join(cluster, name), { force: true })));
}

/** The postmaster ends its children; when it is gone itself, they are ended one by one. */
async function signalServer(folder: string, signal: NodeJS.Signals): Promise<void> {
  const pids = await processesIn(folder);
  const postmaster = Number((await readFile(join(folder, "postmaster.pid"), "utf8").catch(() => "")).split("\n")[0]);
  const targets = pids.includes(postmaster) && signal !== "SIGKILL" ? [postmaster] : pids;
  for (const pid of targets) {
    try {
      process.kill(pid, targets.length === 1 || signal === "SIGKILL" ? signal : "SIGQUIT");
    } catch {
      // Gone in between, which is what we want.
    }
  }
}

async function allGone(folder: string, waitMs: number): Promise<boolean> {
  for (let waitedMs = 0; waitedMs <= waitMs; waitedMs += POLL_MS) {
    if ((await processesIn(folder)).length === 0) return true;
    await delay(POLL_MS);
  }
  return false;
}

async function processesIn(folder: string): Promise<number[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => ((await readlink(`/proc/${pid}/cwd`).catch(() => "")) === folder ? [Number(pid)] : [])),
  );
  return found.flat().filter((pid) => pid !== process.pid);
}

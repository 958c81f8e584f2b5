import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, mkdirSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

/** A real PostgreSQL server of this machine, in a folder of its own, with fsync on. It can be killed and started again. */
export interface ExternalPostgres {
  readonly url: string;
  /** SIGKILL to the postmaster and all of its children: what a crash of the machine's service looks like. */
  readonly kill: () => Promise<void>;
  readonly start: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

const READY_TRIES = 300;
const READY_WAIT_MS = 100;

/** `bin` is the folder of `initdb` and `postgres`; as root the server runs as the user `postgres`. */
export async function createExternalPostgres(bin: string, folder: string): Promise<ExternalPostgres> {
  const user = serviceUser();
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o711);
  const data = join(folder, "pgdata");
  mkdirSync(data, { mode: 0o700 });
  if (user !== undefined) chownSync(data, user.uid, user.gid);
  const run = { ...user, stdio: "ignore" as const, cwd: data };
  execFileSync(join(bin, "initdb"), ["-D", data, "-U", "tillsync", "--auth=trust", "-E", "UTF8", "--locale=C"], run);
  const port = await freePort();
  const options = ["-D", data, "-p", String(port), "-h", "127.0.0.1", "-k", data, "-c", "max_connections=60", "-c", "shared_buffers=128MB"];
  let child: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    rmSync(join(data, "postmaster.pid"), { force: true });
    child = spawn(join(bin, "postgres"), options, { ...run, detached: true });
    await untilReady(bin, port, child);
  };
  await start();
  return {
    url: `postgres://tillsync@127.0.0.1:${port}/postgres`,
    start,
    kill: () => end(child, "SIGKILL"),
    stop: () => end(child, "SIGINT"),
  };
}

async function end(child: ChildProcess | undefined, signal: NodeJS.Signals): Promise<void> {
  if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  if (signal === "SIGKILL") killTree(child.pid);
  else child.kill(signal);
  await gone;
}

/** PostgreSQL's children each lead a group of their own, so they are found by their parent. */
function killTree(pid: number): void {
  const children = execFileSync("ps", ["-o", "pid=", "--ppid", String(pid)], { encoding: "utf8" })
    .trim()
    .split(/\s+/)
    .filter(Boolean);
  process.kill(pid, "SIGKILL");
  for (const child of children) {
    try {
      process.kill(Number(child), "SIGKILL");
    } catch {
      // gone with its parent
    }
  }
}

async function untilReady(bin: string, port: number, child: ChildProcess): Promise<void> {
  for (let i = 0; i < READY_TRIES; i += 1) {
    if (child.exitCode !== null) throw new Error(`postgres ended with ${child.exitCode}`);
    try {
      execFileSync(join(bin, "pg_isready"), ["-q", "-h", "127.0.0.1", "-p", String(port)], { stdio: "ignore" });
      return;
    } catch {
      await delay(READY_WAIT_MS);
    }
  }
  throw new Error("postgres is not ready in time");
}

function serviceUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string): number => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }));
  return { uid: id("-u"), gid: id("-g") };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}

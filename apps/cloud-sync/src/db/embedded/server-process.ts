import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { open, rename, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { clusterPath } from "./cluster-path.ts";
import type { RunAs } from "./run-as.ts";
import type { Runtime } from "./runtime.ts";

/** The server's own log; past this it starts a new one and keeps the last. */
const LOG_BYTES_MAX = 10 * 1024 * 1024;

/** Fast shutdown writes a checkpoint; when that takes longer, crash recovery does the rest at the next start. */
const FAST_STOP_MAX_MS = 3_000;
const IMMEDIATE_STOP_MAX_MS = 1_000;

export interface ServerPlace {
  readonly home: string;
  readonly cluster: string;
  readonly runtime: Runtime;
  readonly runAs: RunAs;
  /** Where it listens: a Unix socket in the cluster, which only its user and root can enter, or loopback. */
  readonly listen: { readonly kind: "socket" } | { readonly kind: "loopback"; readonly port: number };
}

/**
 * Settings that matter. Durability is PostgreSQL's default and said again so that no file in the cluster changes it.
 * The rest keeps a server small that shares its machine with us.
 */
const SETTINGS = {
  fsync: "on",
  full_page_writes: "on",
  synchronous_commit: "on",
  shared_buffers: "64MB",
  max_connections: "50",
  max_wal_size: "512MB",
  min_wal_size: "64MB",
  wal_level: "replica",
  io_method: "sync",
  jit: "off",
  timezone: "UTC",
  log_timezone: "UTC",
  log_checkpoints: "off",
  // Statements carry personal data in no case, but a log is the wrong place for them all the same.
  log_min_error_statement: "panic",
};

/** Starts the server process; it is not yet ready for connections then. A session of its own keeps a Ctrl-C from it. */
export async function startServerProcess(place: ServerPlace): Promise<ChildProcess> {
  const address =
    place.listen.kind === "socket"
      ? { listen_addresses: "", unix_socket_directories: ".", port: "5432" }
      : { listen_addresses: "127.0.0.1", unix_socket_directories: "", port: String(place.listen.port) };
  const flags = Object.entries({ ...SETTINGS, ...address }).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const log = await openLog(join(place.home, "postgres.log"));
  try {
    const child = spawn(place.runtime.postgres, ["-D", clusterPath(place.cluster), ...flags], {
      ...place.runAs,
      cwd: place.cluster,
      env: { LC_ALL: "C", TZ: "UTC" },
      detached: true,
      stdio: ["ignore", log.fd, log.fd],
    });
    // A program that cannot be started reports it by this event; whoever waits for the server sees it not come.
    child.on("error", () => undefined);
    return child;
  } finally {
    await log.close();
  }
}

/** Fast shutdown, then immediate, then the kernel's; ends when the process is gone. */
export async function stopServerProcess(child: ChildProcess): Promise<void> {
  const steps = [
    ["SIGINT", FAST_STOP_MAX_MS],
    ["SIGQUIT", IMMEDIATE_STOP_MAX_MS],
    ["SIGKILL", IMMEDIATE_STOP_MAX_MS],
  ] as const;
  for (const [signal, waitMs] of steps) {
    if (hasEnded(child)) return;
    const ended = once(child, "exit");
    child.kill(signal);
    const timer = new AbortController();
    await Promise.race([ended, delay(waitMs, undefined, { signal: timer.signal }).catch(() => undefined)]);
    timer.abort();
  }
}

export const hasEnded = (child: ChildProcess): boolean => child.pid === undefined || child.exitCode !== null || child.signalCode !== null;

async function openLog(path: string) {
  const size = await stat(path).then(
    (found) => found.size,
    () => 0,
  );
  if (size > LOG_BYTES_MAX) await rename(path, `${path}.1`);
  return open(path, "a", 0o600);
}

import type { ChildProcess } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import { TillsyncError } from "@tillsync/sync-protocol";
import { Client, escapeIdentifier } from "pg";
import { hasEnded, startServerProcess, stopServerProcess, type ServerPlace } from "./server-process.ts";
import { stopOrphans } from "./stop-orphans.ts";

export interface ServerAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

/** Crash recovery replays at most `max_wal_size` of log; a slow disk gets this long for it. */
const READY_MAX_MS = 120_000;
const POLL_MS = 25;
/** A server whose predecessor was killed finds that one's children alive for a moment, and ends at once. */
const STARTS_MAX = 5;

/** Starts the server on its cluster and waits until it accepts connections, recovery included. Throws `db.unavailable`. */
export async function startServer(place: ServerPlace, address: ServerAddress, stop?: AbortSignal): Promise<ChildProcess> {
  for (let start = 1; ; start++) {
    await stopOrphans(place.cluster);
    const child = await startServerProcess(place);
    if (await becameReady(child, address, stop)) return child;
    await stopServerProcess(child);
    if (start === STARTS_MAX || stop?.aborted === true)
      throw new TillsyncError("db.unavailable", "the embedded server does not start; see postgres.log in the data folder");
    await delay(POLL_MS * 2 ** start);
  }
}

async function becameReady(child: ChildProcess, address: ServerAddress, stop?: AbortSignal): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < READY_MAX_MS; waitedMs += POLL_MS) {
    if (hasEnded(child) || stop?.aborted === true) return false;
    if (await answers(address)) return true;
    await delay(POLL_MS);
  }
  return false;
}

/** Makes our database at the first start; every cluster has `postgres`. */
async function answers(address: ServerAddress): Promise<boolean> {
  const client = new Client({ ...address, database: "postgres", connectionTimeoutMillis: 5_000 });
  client.on("error", () => undefined);
  try {
    await client.connect();
    const { rowCount } = await client.query("SELECT 1 FROM pg_database WHERE datname = $1", [address.database]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${escapeIdentifier(address.database)}`);
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

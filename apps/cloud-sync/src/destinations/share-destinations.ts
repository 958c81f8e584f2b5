import type { Database } from "../db/database.ts";
import { sql, type Sql } from "../db/sql.ts";
import { LEASE_MS } from "../subscribers/hold-lease.ts";
import { fairShare, type LeaseShare } from "../subscribers/lease-share.ts";
import type { BackgroundLog, BackgroundPorts } from "../subscribers/ports.ts";

/** A process says this often that it is there, and looks who else is. */
const BEAT_MS = 1_000;
/** Processes that have been gone for this long are forgotten; their names may never come again. */
const FORGET_MS = 86_400_000;

/** The database's clock, by which leases are reckoned too. */
const DB_NOW_MS: Sql = sql`(extract(epoch FROM clock_timestamp()) * 1000)::bigint`;

interface ShareDeps {
  readonly db: Database;
  readonly ports: BackgroundPorts;
  readonly log: BackgroundLog;
  readonly owner: string;
}

/**
 * Keeps this process's share of the destinations' leases up to date until `signal` aborts: as many as there are for each
 * process that is alive. A process that ends says so; one that dies is counted for as long as its beat lasts. While the
 * database is away the share stays as it was. Resolves when the share is known for the first time, to what ends with
 * `signal`. Never rejects.
 */
export async function shareDestinations(deps: ShareDeps, share: LeaseShare, signal: AbortSignal): Promise<{ done: Promise<void> }> {
  const last = await look(deps, share, "");
  return { done: keepSharing(deps, share, signal, last) };
}

async function keepSharing(deps: ShareDeps, share: LeaseShare, signal: AbortSignal, first: string): Promise<void> {
  let last = first;
  while (!signal.aborted) {
    await deps.ports.sleep(BEAT_MS, signal);
    if (!signal.aborted) last = await look(deps, share, last);
  }
  await deps.db.query(sql`DELETE FROM dispatch_process WHERE owner = ${deps.owner}`).catch(() => undefined);
}

/** One beat; gives what it found, and tells of it when that is new. */
async function look(deps: ShareDeps, share: LeaseShare, last: string): Promise<string> {
  try {
    const { total, alive } = await beat(deps.db, deps.owner);
    share.allow(fairShare(total, alive));
    const now = `${total}/${alive}`;
    if (now !== last) deps.log.info({ leases: total, processes: alive, share: fairShare(total, alive) }, "destinations are shared");
    return now;
  } catch (error) {
    deps.log.warn({ err: error }, "this process could not say that it is alive");
    return last;
  }
}

async function beat(db: Database, owner: string): Promise<{ total: number; alive: number }> {
  await db.query(sql`
    WITH gone AS (DELETE FROM dispatch_process WHERE alive_until_ms < ${DB_NOW_MS} - ${FORGET_MS}::bigint AND owner <> ${owner})
    INSERT INTO dispatch_process (owner, alive_until_ms) VALUES (${owner}, ${DB_NOW_MS} + ${LEASE_MS}::bigint)
    ON CONFLICT (owner) DO UPDATE SET alive_until_ms = excluded.alive_until_ms`);
  const rows = await db.query<{ total: number; alive: number }>(sql`
    SELECT (SELECT count(*) FROM destination WHERE removed_at_ms IS NULL) * (SELECT count(*) FROM shard) AS total,
      (SELECT count(*) FROM dispatch_process WHERE alive_until_ms >= ${DB_NOW_MS}) AS alive`);
  return rows[0] ?? { total: 0, alive: 1 };
}

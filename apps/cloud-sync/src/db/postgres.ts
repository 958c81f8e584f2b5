import { TillsyncError } from "@tillsync/sync-protocol";
import { Pool, types, type ClientConfig, type PoolClient } from "pg";
import type { Logger } from "pino";
import type { Database, Queryable } from "./database.ts";
import { keepListening } from "./keep-listening.ts";
import { isUnavailable, sqlState, translatePgError } from "./pg-errors.ts";
import { readInteger } from "./read-integer.ts";
import type { Sql } from "./sql.ts";

/** A connection URL, or the parts of one; `host` may be the folder of a Unix socket. */
export type PostgresAddress =
  | { readonly url: string }
  | { readonly host: string; readonly port: number; readonly user: string; readonly password: string; readonly database: string };

/** Connections of one process. Ingest is serial per shard; the rest is for readers, the dispatcher and checks. */
const CONNECTIONS_MAX = 16;
/** A statement that has run this long is stuck; the largest batch takes well under a second. */
const STATEMENT_MAX_MS = 60_000;
/** A server that does not accept a connection within this is not there. */
const CONNECT_MAX_MS = 5_000;
const POSTGRES_MAJOR_MIN = 15;
/** Fixed in PostgreSQL for ever. */
const INT8_OID = 20;

/**
 * A pool on a PostgreSQL server. Connections that broke are replaced when next needed, so that a server which was away
 * is used again without a restart. Throws `db.unavailable`, `db.too-old`.
 */
export async function openPostgres(address: PostgresAddress, log: Logger): Promise<Database> {
  const config = connectionConfig(address);
  const pool = new Pool({ ...config, max: CONNECTIONS_MAX, idleTimeoutMillis: 60_000 });
  // An idle connection that breaks is taken out of the pool; the next statement makes a new one.
  pool.on("error", (error) => log.warn({ code: sqlState(error) }, "a database connection was lost"));
  try {
    await checkServer(pool, log);
  } catch (error) {
    await pool.end();
    throw translatePgError(error);
  }
  const listener = keepListening(config, log);
  return {
    ...queryable(pool),
    transaction: (work) => transaction(pool, work),
    listen: (channel, onMessage) => listener.listen(channel, onMessage),
    close: async () => {
      await listener.close();
      await pool.end();
    },
  };
}

export function connectionConfig(address: PostgresAddress): ClientConfig {
  return {
    ...("url" in address ? { connectionString: address.url } : address),
    application_name: "tillsync",
    connectionTimeoutMillis: CONNECT_MAX_MS,
    statement_timeout: STATEMENT_MAX_MS,
    query_timeout: STATEMENT_MAX_MS + 5_000,
    // A client that vanished must not hold the shard's lock: everybody's ingest waits for it.
    idle_in_transaction_session_timeout: STATEMENT_MAX_MS,
    keepAlive: true,
    types: {
      getTypeParser: (oid: number, format?: "text") => (oid === INT8_OID ? readInteger : types.getTypeParser(oid, format)),
    },
  } as ClientConfig;
}

async function checkServer(pool: Pool, log: Logger): Promise<void> {
  const { rows } = await pool.query<{ version: number; fsync: string; commit: string }>(`
    SELECT current_setting('server_version_num')::int AS version, current_setting('fsync') AS fsync,
      current_setting('synchronous_commit') AS commit`);
  const server = rows[0];
  requireVersion(server?.version ?? 0);
  if (server?.fsync === "off" || server?.commit === "off")
    log.warn(
      { fsync: server.fsync, synchronousCommit: server.commit },
      "the database does not wait for the disk: a power cut can lose acknowledged sales",
    );
}

/** Of `server_version_num`. Throws `db.too-old`. */
export function requireVersion(version: number): void {
  const major = Math.floor(version / 10_000);
  if (major < POSTGRES_MAJOR_MIN) throw new TillsyncError("db.too-old", `PostgreSQL ${major}; ${POSTGRES_MAJOR_MIN} is needed`);
}

async function transaction<T>(pool: Pool, work: (tx: Queryable) => Promise<T>): Promise<T> {
  const client = await pool.connect().catch((error: unknown) => {
    throw translatePgError(error);
  });
  // A connection that breaks between two statements reports it here as well as on the statement after.
  const onError = (): void => undefined;
  client.on("error", onError);
  try {
    await client.query("BEGIN");
    const result = await work(queryable(client));
    await client.query("COMMIT");
    client.off("error", onError);
    client.release();
    return result;
  } catch (error) {
    // After a time-out or a lost connection nothing can be said on it any more; closing it rolls back.
    const clean = !isUnavailable(error) && (await rollBack(client));
    client.off("error", onError);
    client.release(!clean);
    throw translatePgError(error);
  }
}

const rollBack = (client: PoolClient): Promise<boolean> =>
  client.query("ROLLBACK").then(
    () => true,
    () => false,
  );

const queryable = (runner: Pool | PoolClient): Queryable => ({
  query: async <Row>(statement: Sql) => {
    try {
      return (await runner.query({ text: statement.text, values: [...statement.values] })).rows as Row[];
    } catch (error) {
      throw translatePgError(error);
    }
  },
  script: async (text) => {
    try {
      await runner.query(text);
    } catch (error) {
      throw translatePgError(error);
    }
  },
});

import { randomBytes } from "node:crypto";
import { pino } from "pino";
import { Client } from "pg";
import type { Database } from "../database.ts";
import { migrate } from "../migrate.ts";
import { openPostgres } from "../postgres.ts";

/** The server that tests of an external PostgreSQL use; they make databases of their own on it. Unset: such tests are skipped. */
export const TEST_PG_URL: string | undefined = process.env["TEST_PG_URL"];

export interface ExternalDatabase {
  readonly db: Database;
  readonly url: string;
  /** Closes and removes it. */
  drop(): Promise<void>;
}

/** A migrated database of its own on the server at `TEST_PG_URL`. */
export async function openExternalDatabase(): Promise<ExternalDatabase> {
  if (TEST_PG_URL === undefined) throw new Error("TEST_PG_URL is not set");
  const name = `tillsync_test_${randomBytes(6).toString("hex")}`;
  await onServer(TEST_PG_URL, `CREATE DATABASE ${name}`);
  const url = new URL(TEST_PG_URL);
  url.pathname = `/${name}`;
  const db = await openPostgres({ url: url.href }, pino({ level: "silent" }));
  await migrate(db);
  const drop = async (): Promise<void> => {
    await db.close();
    await onServer(TEST_PG_URL ?? "", `DROP DATABASE ${name} WITH (FORCE)`);
  };
  return { db, url: url.href, drop };
}

async function onServer(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

import { PGlite } from "@electric-sql/pglite";
import type { Pool } from "pg";

/** The driver's pool, as far as the connector uses it, on a PostgreSQL in this process: statements as they are, no wire. */
export async function openPglitePool(): Promise<{ pool: Pool; lite: PGlite; statements: string[] }> {
  const lite = await PGlite.create();
  const statements: string[] = [];
  const query = async (wish: string | { text: string; values: unknown[] }): Promise<unknown> => {
    if (typeof wish === "string") return lite.exec(wish);
    statements.push(wish.text);
    return lite.query(wish.text, wish.values);
  };
  const client = { query, on: () => client, off: () => client, release: () => undefined };
  return { pool: { query, connect: () => Promise.resolve(client) } as unknown as Pool, lite, statements };
}

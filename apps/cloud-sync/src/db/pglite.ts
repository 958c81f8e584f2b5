import { PGlite, types } from "@electric-sql/pglite";
import type { Database, Queryable } from "./database.ts";
import { readInteger } from "./read-integer.ts";
import type { Sql } from "./sql.ts";

type Runner = Pick<PGlite, "query" | "exec">;

/**
 * PostgreSQL in this process, for tests: it never fsyncs and must have its folder to itself, so it cannot keep "stored,
 * then acknowledged". In memory unless `dataDir` is given.
 */
export async function openPglite(dataDir?: string): Promise<Database> {
  const parsers = { [types.INT8]: readInteger };
  const lite = await PGlite.create({ ...(dataDir === undefined ? {} : { dataDir }), parsers });
  return {
    ...queryable(lite),
    transaction: (work) => lite.transaction((tx) => work(queryable(tx as unknown as Runner))) as Promise<never>,
    listen: (channel, onMessage) => lite.listen(channel, onMessage),
    close: () => lite.close(),
  };
}

const queryable = (runner: Runner): Queryable => ({
  query: async <Row>(statement: Sql) => (await runner.query<Row>(statement.text, [...statement.values])).rows,
  script: async (text) => {
    await runner.exec(text);
  },
});

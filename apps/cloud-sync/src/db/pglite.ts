import { PGlite, types, type PGliteOptions } from "@electric-sql/pglite";
import type { Database, Queryable } from "./database.ts";
import { readInteger } from "./read-integer.ts";
import type { Sql } from "./sql.ts";

type Runner = Pick<PGlite, "query" | "exec">;

/** A database in this process that can be copied. */
export interface PgliteDatabase extends Database {
  /** Everything in it, to open others from with `loadDataDir`: a third of the time of a new one. */
  dump(): Promise<Blob>;
}

/**
 * PostgreSQL in this process, for tests: in memory, never on a disk, one connection. It cannot keep "stored, then
 * acknowledged" and serves no cloud.
 */
export async function openPglite(options: Pick<PGliteOptions, "loadDataDir"> = {}): Promise<PgliteDatabase> {
  const lite = await PGlite.create({ ...options, parsers: { [types.INT8]: readInteger } });
  return {
    ...queryable(lite),
    transaction: (work) => lite.transaction((tx) => work(queryable(tx as unknown as Runner))),
    listen: (channel, onMessage) => lite.listen(channel, onMessage),
    dump: () => lite.dumpDataDir("none"),
    close: () => lite.close(),
  };
}

const queryable = (runner: Runner): Queryable => ({
  query: async <Row>(statement: Sql) => (await runner.query<Row>(statement.text, [...statement.values])).rows,
  script: async (text) => {
    await runner.exec(text);
  },
});

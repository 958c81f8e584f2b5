import type { Sql } from "./sql.ts";

/** Something that runs statements: the database itself, or one transaction of it. */
export interface Queryable {
  /**
   * Runs one statement and gives its rows. `int8` comes as a number (asserted to be safe), `bytea` as a `Uint8Array`,
   * `numeric` as text, JSON columns as what was parsed from them (keep JSON in `text` columns where bytes matter).
   * The row type is the caller's word; decode with zod where the content comes from outside.
   * Throws `db.unavailable` when the database cannot be reached, the driver's error for everything else.
   */
  query<Row>(statement: Sql): Promise<Row[]>;
  /** Runs a text of several statements without parameters: migrations, and nothing that carries a value. */
  script(text: string): Promise<void>;
}

/**
 * The port to PostgreSQL: embedded, external, or PGlite in tests. All speak the same SQL.
 * It does not retry: whether a statement may be repeated is for its caller to know.
 */
export interface Database extends Queryable {
  /**
   * Runs `work` in one transaction (READ COMMITTED), commits when it fulfils, rolls back when it rejects. After
   * `db.unavailable` from the commit itself nobody knows whether it took place: only repeatable work may be retried.
   * Statements of `tx` run one after the other; `tx` must not be used after `work` ended, nor `Database` inside `work`.
   */
  transaction<T>(work: (tx: Queryable) => Promise<T>): Promise<T>;
  /**
   * Calls `onMessage` with the payload of every NOTIFY on `channel` until the returned function is called. Messages sent
   * while the connection was lost are lost: whoever waits polls as well.
   */
  listen(channel: string, onMessage: (payload: string) => void): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

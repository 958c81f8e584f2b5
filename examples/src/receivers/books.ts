import type Database from "better-sqlite3";
import type { Sale } from "./event.ts";

/**
 * What differs between an ERP, an OMS and a loyalty engine: which rows one receipt makes. All of `book` and `reverse`
 * happens in one SQLite transaction with the note that the event was seen, so that neither can exist without the other.
 */
export interface Books {
  readonly kind: "erp" | "oms" | "loyalty";
  /** Tables, made if missing. */
  readonly schema: string;
  /** Books one revision of a receipt. */
  book(database: Database.Database, event: Sale): void;
  /** Takes back, by new rows of the opposite sign, what `book` did for an earlier revision. Never deletes. */
  reverse(database: Database.Database, key: string, revision: number): void;
  /** Figures of its own for `GET /summary`. */
  figures(database: Database.Database): Record<string, unknown>;
}

import type { Logger } from "pino";
import type { Database } from "./db/database.ts";
import type { Wake } from "./event-log/wake.ts";
import type { Pressure } from "./ingest/pressure.ts";

/** What every part of the running cloud gets: made once in `server.ts`, by hand in tests. */
export interface CloudDeps {
  readonly db: Database;
  readonly wake: Wake;
  readonly pressure: Pressure;
  readonly log: Logger;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly randomBytes: (count: number) => Uint8Array;
}

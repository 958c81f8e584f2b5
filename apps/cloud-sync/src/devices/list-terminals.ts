import type { Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";

export interface TerminalRow {
  readonly terminalId: string;
  readonly storeId: string;
  readonly state: "active" | "revoked";
  readonly agentVersion: string | null;
  readonly lastSeenMs: number | null;
  readonly clockOffsetMs: number | null;
}

export const listTerminals = (db: Queryable): Promise<TerminalRow[]> =>
  db.query<TerminalRow>(sql`
    SELECT terminal_id AS "terminalId", store_id AS "storeId", state, agent_version AS "agentVersion", last_seen_ms AS "lastSeenMs",
      clock_offset_ms AS "clockOffsetMs"
    FROM terminal ORDER BY terminal_id`);

import { TillsyncError } from "@tillsync/sync-protocol";
import type { Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";

/** From its next request on the terminal is refused; what it sent stays. A new code makes it active again. Throws `terminal.unknown`. */
export async function revokeTerminal(db: Queryable, terminal: string): Promise<void> {
  const rows = await db.query(sql`UPDATE terminal SET state = 'revoked' WHERE terminal_id = ${terminal} RETURNING terminal_id`);
  if (rows.length === 0) throw new TillsyncError("terminal.unknown", terminal);
}

import type { TerminalId } from "@tillsync/sync-protocol";
import type { Database } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import { verdictFloor } from "../transactions/verdict-floor.ts";

/** Clouds give numbers by their clock: a terminal that claims to have heard more than this much past it is not believed. */
const AHEAD_MAX_MS = 366 * 86_400_000;

/**
 * A terminal that has heard verdicts which this cloud never gave: the cloud was restored from an older backup, or its clock
 * was set back as well, and it might give numbers that the terminal does not ask for any more. Gives the latest verdict on each of the
 * terminal's entries again, numbered past what was heard; what follows is numbered after them. Does nothing otherwise, and
 * nothing when called again.
 */
export async function reissueVerdicts(db: Database, terminal: TerminalId, heard: number, nowMs: number): Promise<void> {
  if (heard > verdictFloor(nowMs + AHEAD_MAX_MS)) return;
  await db.transaction(async (tx) => {
    const rows = await tx.query<{ last: number }>(sql`
      SELECT next_verdict - 1 AS last FROM terminal WHERE terminal_id = ${terminal} FOR UPDATE`);
    if (rows[0] === undefined || rows[0].last >= heard) return;
    const again = await tx.query(sql`
      INSERT INTO verdict (terminal_id, n, epoch, seq, kind, code, detail, at_ms)
      SELECT terminal_id, ${heard}::bigint + row_number() OVER (ORDER BY n), epoch, seq, kind, code, detail, ${nowMs}::bigint
      FROM (SELECT DISTINCT ON (epoch, seq) * FROM verdict WHERE terminal_id = ${terminal} ORDER BY epoch, seq, n DESC) AS latest
      RETURNING n`);
    await tx.query(sql`UPDATE terminal SET next_verdict = ${heard + again.length + 1}::bigint WHERE terminal_id = ${terminal}`);
  });
}

import { TillsyncError, type SupportRequest } from "@tillsync/sync-protocol";
import type { Database } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import type { Device } from "../devices/authenticate.ts";

/** Open requests of one terminal: who has more of them needs a visit, and not a longer list. */
export const OPEN_PER_TERMINAL_MAX = 200;

/**
 * Keeps a request of a terminal. One that comes again changes nothing; the answer says whether it is settled by now. Throws
 * `support.too-many` while the terminal has too many open ones: it comes again later.
 */
export async function takeRequest(db: Database, device: Device, request: SupportRequest, nowMs: number): Promise<"open" | "resolved"> {
  return db.transaction(async (tx) => {
    // One terminal's requests one after the other, so that the limit is one.
    await tx.query(sql`SELECT 1 FROM terminal WHERE terminal_id = ${device.terminal} FOR NO KEY UPDATE`);
    const [known] = await tx.query<{ settled: boolean }>(sql`
      SELECT resolved_at_ms IS NOT NULL AS settled FROM support_request
      WHERE terminal_id = ${device.terminal} AND number = ${request.number}`);
    if (known !== undefined) return known.settled ? "resolved" : "open";
    const [open] = await tx.query<{ n: number }>(sql`
      SELECT count(*)::int AS n FROM support_request WHERE terminal_id = ${device.terminal} AND resolved_at_ms IS NULL`);
    if ((open?.n ?? 0) >= OPEN_PER_TERMINAL_MAX) throw new TillsyncError("support.too-many", device.terminal);
    await tx.query(sql`
      INSERT INTO support_request (terminal_id, number, store_id, at_ms, received_at_ms, note, agent_version, items_total, items)
      VALUES (${device.terminal}, ${request.number}, ${device.store}, ${request.atMs}, ${nowMs}, ${request.note},
        ${request.agentVersion}, ${request.itemsTotal}, ${JSON.stringify(request.items)})`);
    return "open" as const;
  });
}

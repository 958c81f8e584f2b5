import { TillsyncError, type SupportNumber } from "@tillsync/sync-protocol";
import type { Database } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import { findRequests, type SupportDetail } from "./list-requests.ts";

/** What was done, in words. */
export const RESOLUTION_CHARS_MAX = 1_000;

/**
 * Marks a request as settled; one that is settled stays as it was. What was set aside at the terminal is untouched: it is
 * tried again or handed over anew there. Throws `support.number-unknown`, and `support.number-shared` where several
 * terminals have the number and none is named.
 */
export async function resolveRequest(
  db: Database,
  wish: { readonly number: SupportNumber; readonly terminal: string | undefined; readonly resolution: string | undefined },
  nowMs: number,
): Promise<SupportDetail> {
  const found = await findRequests(db, wish.number, wish.terminal);
  const [request] = found;
  if (request === undefined) throw new TillsyncError("support.number-unknown", wish.number);
  if (found.length > 1) throw new TillsyncError("support.number-shared", found.map(({ terminalId }) => terminalId).join(", "));
  await db.query(sql`
    UPDATE support_request SET resolved_at_ms = ${nowMs}, resolution = ${wish.resolution?.slice(0, RESOLUTION_CHARS_MAX) ?? null}
    WHERE terminal_id = ${request.terminalId} AND number = ${wish.number} AND resolved_at_ms IS NULL`);
  const [settled] = await findRequests(db, wish.number, request.terminalId);
  return settled ?? request;
}

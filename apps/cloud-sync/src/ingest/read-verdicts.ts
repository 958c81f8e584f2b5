import { VERDICTS_MAX, type TerminalId, type Verdict } from "@tillsync/sync-protocol";
import type { Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";

export interface VerdictPage {
  readonly verdicts: Verdict[];
  readonly verdictsMore: boolean;
}

interface VerdictRow {
  n: number;
  epoch: Verdict["epoch"];
  seq: Verdict["seq"];
  kind: Verdict["kind"];
  code: string | null;
  detail: string | null;
}

/** A terminal's verdicts past number `after`, as many as one answer carries. */
export async function readVerdicts(db: Queryable, terminal: TerminalId, after: number): Promise<VerdictPage> {
  const rows = await db.query<VerdictRow>(sql`
    SELECT n, epoch, seq, kind, code, detail FROM verdict WHERE terminal_id = ${terminal} AND n > ${after}::bigint ORDER BY n LIMIT ${VERDICTS_MAX + 1}`);
  const verdicts = rows.slice(0, VERDICTS_MAX).map(({ code, detail, ...rest }) => ({
    ...rest,
    ...(code === null ? {} : { code }),
    ...(detail === null ? {} : { detail }),
  }));
  return { verdicts, verdictsMore: rows.length > VERDICTS_MAX };
}

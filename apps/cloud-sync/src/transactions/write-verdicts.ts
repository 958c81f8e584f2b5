import type { Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import { verdictFloor } from "./verdict-floor.ts";

export interface NewVerdict {
  readonly terminal: string;
  readonly epoch: number;
  readonly seq: number;
  readonly kind: "set-aside" | "taken-up";
  readonly code: string | undefined;
  readonly detail: string | undefined;
}

/**
 * Numbers the verdicts of each terminal in the order given and writes them. The terminal's row lock, held to the commit,
 * keeps the numbers in commit order, so that "all past n" misses none; and no number is below the present time, so that a
 * cloud restored from an older backup gives none that a terminal has heard for something else.
 */
export async function writeVerdicts(tx: Queryable, verdicts: readonly NewVerdict[], nowMs: number): Promise<void> {
  if (verdicts.length === 0) return;
  const counts = [...Map.groupBy(verdicts, (v) => v.terminal)].map(([terminal, rows]) => ({ terminal, count: rows.length }));
  // Locked in one order everywhere, so that two shards' pages cannot wait for each other.
  await tx.query(sql`
    SELECT terminal_id FROM terminal WHERE terminal_id = ANY(${counts.map((c) => c.terminal)}::text[]) ORDER BY terminal_id FOR UPDATE`);
  const firsts = await tx.query<{ terminal_id: string; first: number }>(sql`
    UPDATE terminal t SET next_verdict = greatest(t.next_verdict, ${verdictFloor(nowMs)}::bigint) + c.count
    FROM json_to_recordset(${JSON.stringify(counts)}::json) AS c (terminal text, count int)
    WHERE t.terminal_id = c.terminal RETURNING t.terminal_id, t.next_verdict - c.count AS first`);
  const next = new Map(firsts.map((row) => [row.terminal_id, row.first]));
  const rows = verdicts.map((verdict) => {
    const n = next.get(verdict.terminal) ?? 0;
    next.set(verdict.terminal, n + 1);
    return { ...verdict, n };
  });
  await tx.query(sql`
    INSERT INTO verdict (terminal_id, n, epoch, seq, kind, code, detail, at_ms)
    SELECT terminal, n, epoch, seq, kind, code, detail, ${nowMs}::bigint
    FROM json_to_recordset(${JSON.stringify(rows)}::json)
      AS r (terminal text, n bigint, epoch int, seq bigint, kind text, code text, detail text)`);
}

import type { AgentStore } from "../../store/agent-store.ts";
import { lineHlc } from "../../journal/read-journal-end.ts";
import { sql } from "../../store/sql.ts";
import type { LocalTime } from "./local-time.ts";

/** Some days of a busy till; read in some 20 ms. */
const ENTRIES_LOOKED_AT = 5_000;
/** Of equal hours the one next to this: the night. */
const PREFERRED_HOUR = 3;

/** The hour of the store's day, 0 to 23, in which the fewest of the last entries were written. */
export function quietestHour(store: AgentStore, clock: (ms: number) => LocalTime): number {
  const counts = Array.from({ length: 24 }, () => 0);
  const lines = store.prepare<[number], { line: Uint8Array }>(sql`SELECT line FROM entry ORDER BY key DESC LIMIT ?`);
  for (const { line } of lines.iterate(ENTRIES_LOOKED_AT)) {
    const hour = Math.floor(clock(lineHlc(line).ms).minute / 60);
    counts[hour] = (counts[hour] ?? 0) + 1;
  }
  const away = (hour: number): number => Math.min(Math.abs(hour - PREFERRED_HOUR), 24 - Math.abs(hour - PREFERRED_HOUR));
  const hours = counts.map((count, hour) => ({ count, hour }));
  return hours.toSorted((a, b) => a.count - b.count || away(a.hour) - away(b.hour))[0]?.hour ?? PREFERRED_HOUR;
}

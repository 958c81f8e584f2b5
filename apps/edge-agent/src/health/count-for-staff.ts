import type { AgentStore } from "../store/agent-store.ts";
import { sql } from "../store/sql.ts";
import type { Snapshot } from "../window-api/snapshot.ts";

/** What is counted at most: past it a person needs no exact figure, and a picture is made every second. */
export const SET_ASIDE_COUNTED_MAX = 10_000;

interface Row {
  readonly handed: number;
  readonly n: number;
}

/** What was set aside here or by the cloud and is open: what staff have to see to, and what they handed to IT. At most 10,000 of each origin. */
export function countForStaff(store: AgentStore): Snapshot["setAside"] {
  const here = store.prepare<[number], Row>(
    sql`SELECT handed, count(*) AS n FROM (
          SELECT EXISTS (SELECT 1 FROM support_item WHERE item = s.id) AS handed FROM set_aside AS s
          WHERE state = 'open' AND code <> 'capture.not-a-sale' LIMIT ?) GROUP BY handed`,
  );
  const byCloud = store.prepare<[number], Row>(
    sql`SELECT handed, count(*) AS n FROM (
          SELECT EXISTS (SELECT 1 FROM support_item WHERE item = -v.n) AS handed FROM verdict AS v
          WHERE kind = 'set-aside' AND NOT EXISTS (SELECT 1 FROM verdict AS later WHERE later.epoch = v.epoch AND later.seq = v.seq AND later.n > v.n)
          LIMIT ?) GROUP BY handed`,
  );
  const rows = [...here.all(SET_ASIDE_COUNTED_MAX), ...byCloud.all(SET_ASIDE_COUNTED_MAX)];
  const sum = (handed: number): number => rows.filter((row) => row.handed === handed).reduce((total, { n }) => total + n, 0);
  return { open: sum(0), handedToIt: sum(1) };
}

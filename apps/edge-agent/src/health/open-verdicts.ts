import type { AgentStore } from "../store/agent-store.ts";
import { sql } from "../store/sql.ts";

/** Entries that the cloud has set aside and not taken up since. */
export const countOpenVerdicts = (store: AgentStore): number =>
  store
    .prepare<[], { n: number }>(
      sql`SELECT count(*) AS n FROM verdict AS v WHERE kind = 'set-aside'
          AND NOT EXISTS (SELECT 1 FROM verdict AS later WHERE later.epoch = v.epoch AND later.seq = v.seq AND later.n > v.n)`,
    )
    .get()?.n ?? 0;

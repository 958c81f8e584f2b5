import { Client } from "pg";
import { runScript } from "../processes/child.ts";
import type { PostgresServer } from "../servers/postgres.ts";

/** The slowest peer takes minutes on a small machine. */
const STEP_MS = 600_000;

/** What one contestant measured. */
export interface FanOutResult {
  readonly deliveriesPerSecond: number;
  readonly cpuUs: number;
  readonly databaseCpuUs: number | null;
  readonly peakRssBytes: number;
}

export interface FanOut {
  readonly events: number;
  readonly destinations: number;
}

/** One contestant on a copy of the filled database. Fails unless every table holds exactly what the events are. */
export async function runContestant(
  postgres: PostgresServer,
  name: string,
  script: URL,
  { events, destinations }: FanOut,
  template: string,
): Promise<FanOutResult> {
  const databaseUrl = await postgres.createDatabase(name, template);
  try {
    const before = await postgres.cpuMs();
    const input = { databaseUrl, events, destinations, timeoutMs: STEP_MS };
    const end = await runScript<{ elapsedMs: number; cpuMs: number; peakRssBytes: number }>(script, input, STEP_MS);
    const after = await postgres.cpuMs();
    await verifyCopies(databaseUrl, destinations);
    const deliveries = events * destinations;
    return {
      deliveriesPerSecond: (deliveries / end.elapsedMs) * 1_000,
      cpuUs: (end.cpuMs / deliveries) * 1_000,
      databaseCpuUs: before === null || after === null ? null : ((after - before) / deliveries) * 1_000,
      peakRssBytes: end.peakRssBytes,
    };
  } finally {
    await postgres.dropDatabase(name);
  }
}

/** Counts, and a sum over every row's bytes: each event once, whole, and nothing else. */
async function verifyCopies(url: string, destinations: number): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const sum = async (table: string): Promise<string> => {
      const { rows } = await client.query<{ sum: string }>(
        `SELECT count(*) || ' ' || coalesce(sum(hashtextextended(concat_ws('|', identity, natural_key, revision, store, terminal,
           extract(epoch FROM received_at), entry::text), 0)::numeric), 0) AS sum FROM ${table}`,
      );
      return rows[0]?.sum ?? "";
    };
    const right = await sum("event");
    for (let n = 1; n <= destinations; n++) {
      const found = await sum(`copy_${n}`);
      if (found !== right) throw new Error(`copy_${n} holds ${found}, not ${right}`);
    }
  } finally {
    await client.end();
  }
}

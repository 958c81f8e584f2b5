/*
 * The floor: the shortest script that copies every event to every table and can go on where it stopped. One loop a table,
 * a page of rows read and written in one transaction with the table's cursor.
 */
import { Pool } from "pg";
import { cpuMs, done, input, peakRssBytes, tell } from "../processes/worker.ts";

const { databaseUrl, destinations } = input<{ databaseUrl: string; destinations: number }>();
const BATCH = 500;

const pool = new Pool({ connectionString: databaseUrl, max: destinations });
const cpuBeforeMs = cpuMs();
const started = performance.now();
await Promise.all(Array.from({ length: destinations }, (_, i) => copyTo(i + 1)));
const elapsedMs = performance.now() - started;
const cpuSpentMs = cpuMs() - cpuBeforeMs;
await pool.end();
await tell({ elapsedMs, cpuMs: cpuSpentMs, peakRssBytes: peakRssBytes() });
done();

async function copyTo(n: number): Promise<void> {
  const client = await pool.connect();
  await client.query("INSERT INTO copy_cursor (n, pos) VALUES ($1, 0)", [n]);
  for (let pos = 0; ;) {
    const { rows } = await client.query<{ pos: string }>(
      `SELECT pos, identity, natural_key, revision, store, terminal, received_at::text, entry::text FROM event
       WHERE pos > $1 ORDER BY pos LIMIT ${BATCH}`,
      [pos],
    );
    const last = rows.at(-1);
    if (last === undefined) break;
    pos = Number(last.pos);
    await client.query("BEGIN");
    await client.query(
      `INSERT INTO copy_${n} (identity, natural_key, revision, store, terminal, received_at, entry)
       SELECT identity, natural_key, revision, store, terminal, received_at, entry::json FROM json_to_recordset($1::json)
         AS r (identity text, natural_key text, revision integer, store text, terminal text, received_at timestamptz, entry text)
       ON CONFLICT DO NOTHING`,
      [JSON.stringify(rows)],
    );
    await client.query("UPDATE copy_cursor SET pos = $2 WHERE n = $1", [n, pos]);
    await client.query("COMMIT");
  }
  client.release();
}

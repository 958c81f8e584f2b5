/*
 * The floor's edge: the shortest script that does the drain's work without validation, chain or authentication. It
 * reads 500 lines at a time from SQLite, keeps two POSTs under way, and writes down how far it was acknowledged.
 */
import Database from "better-sqlite3";
import { join } from "node:path";
import { Pool } from "undici";
import { cpuMs, done, input, peakRssBytes, tell } from "../processes/worker.ts";

const { folder, url, as } = input<{ folder: string; url: string; as: "rows" | "segments" }>();
const BATCH = 500;
const IN_FLIGHT = 2;

const db = new Database(join(folder, "outbox.sqlite"));
db.pragma("journal_mode = WAL");
db.pragma("synchronous = FULL");

const readBatch = db.prepare<[number, number], { line: Buffer }>("SELECT line FROM outbox WHERE seq > ? ORDER BY seq LIMIT ?");
const saveAcked = db.prepare("UPDATE upstream SET acked = ? WHERE name = 'cloud' AND acked < ?");
const http = new Pool(url, { connections: IN_FLIGHT, pipelining: 1 });

const cpuBeforeMs = cpuMs();
const started = performance.now();
let next = 0;
let acked = 0;
const arrived = new Map<number, number>();
await Promise.all(Array.from({ length: IN_FLIGHT }, sendUntilDone));
const elapsedMs = performance.now() - started;
const cpuSpentMs = cpuMs() - cpuBeforeMs;

await http.close();
db.close();
await tell({ elapsedMs, cpuMs: cpuSpentMs, acked, peakRssBytes: peakRssBytes() });
done();

async function sendUntilDone(): Promise<void> {
  for (;;) {
    const after = next;
    const lines = readBatch.all(after, BATCH);
    if (lines.length === 0) return;
    next = after + lines.length;
    const answer = await http.request({
      method: "POST",
      path: `/entries?journal=till-1&first=${after + 1}&as=${as}`,
      headers: { "content-type": "application/x-ndjson" },
      body: lines.map(({ line }) => line.toString("utf8")).join("\n"),
    });
    await answer.body.dump();
    if (answer.statusCode !== 200) throw new Error(`status ${answer.statusCode}`);
    acknowledge(after, lines.length);
  }
}

/** Answers may cross: what is written down is how far everything has arrived. */
function acknowledge(after: number, count: number): void {
  arrived.set(after, count);
  const before = acked;
  for (let more = arrived.get(acked); more !== undefined; more = arrived.get(acked)) {
    arrived.delete(acked);
    acked += more;
  }
  if (acked > before) saveAcked.run(acked, acked);
}

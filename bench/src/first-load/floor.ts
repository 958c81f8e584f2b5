/*
 * The floor: the shortest program that streams the same bytes into a file and loses nothing when it is run again: unpack,
 * split, parse, upsert by version into better-sqlite3 with the same indexes, 5,000 rows a transaction. It cannot go on where it
 * was, checks no hash, and does nothing else meanwhile.
 */
import { join } from "node:path";
import { createZstdDecompress } from "node:zlib";
import Database from "better-sqlite3";
import { cpuMs, done, input, peakRssBytes, tell } from "../processes/worker.ts";

const { folder, url } = input<{ folder: string; url: string }>();
const ROWS = 5_000;

interface Row {
  id: string;
  version: number;
  itemId?: string;
  gtins?: string[];
}

const started = performance.now();
const cpuBeforeMs = cpuMs();
const db = new Database(join(folder, "floor.sqlite"));
db.pragma("journal_mode = WAL");
db.pragma("synchronous = NORMAL");
db.exec(`
  CREATE TABLE product (id TEXT PRIMARY KEY, version INTEGER NOT NULL, gtin TEXT, body TEXT NOT NULL);
  CREATE INDEX product_gtin ON product (gtin);
  CREATE TABLE price (id TEXT PRIMARY KEY, version INTEGER NOT NULL, item_id TEXT NOT NULL, body TEXT NOT NULL);
  CREATE INDEX price_item ON price (item_id);
`);
const guard = "WHERE excluded.version > version";
const product = db.prepare(
  `INSERT INTO product VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET version = excluded.version, gtin = excluded.gtin, body = excluded.body ${guard}`,
);
const price = db.prepare(
  `INSERT INTO price VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET version = excluded.version, item_id = excluded.item_id, body = excluded.body ${guard}`,
);
const begin = db.prepare("BEGIN");
const commit = db.prepare("COMMIT");
// Within the time, as in the agent, which loads its client when it is enrolled.
const { Pool } = await import("undici");
const http = new Pool(url, { connections: 1, pipelining: 1 });

const { body } = await http.request({ method: "GET", path: "/floor" });
let rest = "";
let documents = 0;
begin.run();
const unpacked = body.pipe(createZstdDecompress());
unpacked.setEncoding("utf8");
for await (const text of unpacked) {
  const lines = (rest + String(text)).split("\n");
  rest = lines.pop() ?? "";
  for (const line of lines) {
    const row = JSON.parse(line) as Row;
    if (row.itemId === undefined) product.run(row.id, row.version, row.gtins?.[0] ?? null, line);
    else price.run(row.id, row.version, row.itemId, line);
    documents += 1;
    if (documents % ROWS === 0) {
      commit.run();
      begin.run();
    }
  }
}
commit.run();
const elapsedMs = performance.now() - started;
const cpuSpentMs = cpuMs() - cpuBeforeMs;
db.close();
await http.close();
await tell({ elapsedMs, cpuMs: cpuSpentMs, documents, peakRssBytes: peakRssBytes() });
done();

/* The floor: a bare better-sqlite3 transaction at synchronous=FULL that inserts the same line into a table of one column. */
import Database from "better-sqlite3";
import { encodeEntry } from "@tillsync/sync-protocol";
import { join } from "node:path";
import { done, input, tell } from "../processes/worker.ts";
import { createSales } from "../sales/sales.ts";
import { WARM_UP } from "./warm-up.ts";

const { folder, sales } = input<{ folder: string; sales: number }>();
const generator = createSales();
const hlc = `${Date.now().toString(16).padStart(12, "0")}.0000`;
const lines = Array.from({ length: WARM_UP + sales }, (_, i) =>
  Buffer.from(encodeEntry({ seq: i + 1, hlc, type: "transaction", body: generator.next() })),
);
const db = new Database(join(folder, "floor.sqlite"));
db.pragma("journal_mode = WAL");
db.pragma("synchronous = FULL");
db.exec("CREATE TABLE entry (line BLOB NOT NULL)");
const insert = db.prepare("INSERT INTO entry (line) VALUES (?)");
const append = db.transaction((line: Buffer) => insert.run(line));

const latenciesMs: number[] = [];
let started = 0;
lines.forEach((line, i) => {
  if (i === WARM_UP) started = performance.now();
  const before = performance.now();
  append(line);
  if (i >= WARM_UP) latenciesMs.push(performance.now() - before);
});
const elapsedMs = performance.now() - started;

db.close();
await tell({ elapsedMs, latenciesMs });
done();

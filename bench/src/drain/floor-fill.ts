/* Fills the floor's outbox with the lines that the agent's journal would hold. */
import Database from "better-sqlite3";
import { encodeEntry } from "@tillsync/sync-protocol";
import { join } from "node:path";
import { done, input, tell } from "../processes/worker.ts";
import { createSales } from "../sales/sales.ts";

const { folder, sales } = input<{ folder: string; sales: number }>();

const db = new Database(join(folder, "outbox.sqlite"));
db.pragma("journal_mode = WAL");
db.exec(`
  CREATE TABLE outbox (seq INTEGER PRIMARY KEY, line BLOB NOT NULL);
  CREATE TABLE upstream (name TEXT PRIMARY KEY, acked INTEGER NOT NULL);
  INSERT INTO upstream VALUES ('cloud', 0)`);
const generator = createSales();
const insert = db.prepare("INSERT INTO outbox (seq, line) VALUES (?, ?)");
let ms = Date.UTC(2026, 2, 2, 8);
db.transaction(() => {
  for (let seq = 1; seq <= sales; seq += 1) {
    ms += 60_000;
    const hlc = `${ms.toString(16).padStart(12, "0")}.0000`;
    insert.run(seq, Buffer.from(encodeEntry({ seq, hlc, type: "transaction", body: generator.next() })));
  }
})();
db.pragma("wal_checkpoint(TRUNCATE)");
db.close();
await tell({ sales });
done();

/* The floor: sees each file that a till puts down, reads it, and keeps it in SQLite before it looks at the next one. No parsing, no cloud, no window. */
import Database from "better-sqlite3";
import { readdirSync, readFileSync, watch } from "node:fs";
import { join } from "node:path";

const [till, folder] = process.argv.slice(2);
if (till === undefined || folder === undefined) throw new Error("this script is started by the bench");

const db = new Database(join(folder, "floor.sqlite"));
db.pragma("journal_mode = WAL");
db.pragma("synchronous = FULL");
db.exec("CREATE TABLE receipt (name TEXT PRIMARY KEY, bytes BLOB NOT NULL) WITHOUT ROWID");
const keep = db.prepare("INSERT OR IGNORE INTO receipt (name, bytes) VALUES (?, ?)");
const look = (name: string): void => {
  if (name.endsWith(".xml")) keep.run(name, readFileSync(join(till, name)));
};
const watcher = watch(till, (_event, name) => look(name ?? ""));
for (const name of readdirSync(till)) look(name);
process.stdout.write("ready\n");

process.once("SIGTERM", () => {
  watcher.close();
  db.close();
});

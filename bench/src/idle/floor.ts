/* The floor: a process that has what an agent cannot do without and does nothing: SQLite, an HTTP client, a control socket. */
import Database from "better-sqlite3";
import { createServer } from "node:net";
import { join } from "node:path";

const folder = process.argv[2];
if (folder === undefined) throw new Error("this script is started by the bench");

const db = new Database(join(folder, "floor.sqlite"));
db.pragma("journal_mode = WAL");
db.exec("CREATE TABLE entry (line BLOB NOT NULL)");
const { default: Pool } = await import("undici/lib/dispatcher/pool.js");
const http = new Pool("http://127.0.0.1:1", { connections: 1 });
const control = createServer((socket) => socket.end("ready\n"));
control.listen(join(folder, "floor.sock"));

process.once("SIGTERM", () => {
  control.close();
  db.close();
  void http.close();
});

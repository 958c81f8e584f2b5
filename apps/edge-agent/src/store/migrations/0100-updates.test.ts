import Database from "better-sqlite3";
import { expect, it } from "vitest";
import { migrate } from "../migrate.ts";
import { updates } from "./0100-updates.ts";
import { MIGRATIONS } from "./index.ts";

it("adds its tables and keeps the rows of the versions before", () => {
  const db = new Database(":memory:");
  const before = MIGRATIONS.filter(({ version }) => version < updates.version);
  migrate(db, before);
  db.exec("INSERT INTO entry (key, line, hash) VALUES (8589934593, x'7b7d', x'00')");
  migrate(db, [...before, updates]);
  const tables = db.prepare<[], { name: string }>("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
  expect(tables.map(({ name }) => name)).toEqual(expect.arrayContaining(["update_state", "update_root", "update_refused"]));
  expect(db.prepare("SELECT count(*) AS n FROM entry").get()).toEqual({ n: 1 });
  db.close();
});

it("leaves the database to the version before, when an update is taken back, and only where nothing forbids it", () => {
  const db = new Database(":memory:");
  const before = MIGRATIONS.filter(({ version }) => version < updates.version);
  migrate(db, [...before, updates]);
  expect(() => migrate(db, before)).not.toThrow();
  // A later step that is no mere addition shuts out both.
  migrate(db, [...before, updates, { version: 990, sql: "DROP TABLE update_refused" }]);
  expect(() => migrate(db, [...before, updates])).toThrow(expect.objectContaining({ code: "data.future" }));
  expect(() => migrate(db, before)).toThrow(expect.objectContaining({ code: "data.future" }));
  // And what is added after that does not let them in again.
  migrate(db, [...before, updates, { version: 990, sql: "" }, { version: 1000, sql: "CREATE TABLE x (y)", expands: true }]);
  expect(() => migrate(db, before)).toThrow(expect.objectContaining({ code: "data.future" }));
  db.close();
});

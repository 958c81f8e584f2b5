import Database from "better-sqlite3";
import { expect, it } from "vitest";
import { migrate } from "../migrate.ts";
import { day } from "./0080-day.ts";
import { MIGRATIONS } from "./index.ts";

it("adds its tables and keeps the rows of the versions before", () => {
  const db = new Database(":memory:");
  const before = MIGRATIONS.filter(({ version }) => version < day.version);
  migrate(db, before);
  db.exec("INSERT INTO entry (key, line, hash) VALUES (8589934593, x'7b7d', x'00')");
  migrate(db, [...before, day]);
  const tables = db.prepare<[], { name: string }>("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").all();
  expect(tables.map(({ name }) => name)).toEqual(expect.arrayContaining(["pos_report"]));
  expect(db.prepare("SELECT count(*) AS n FROM entry").get()).toEqual({ n: 1 });
  db.close();
});

import Database from "better-sqlite3";
import { expect, it } from "vitest";
import { translateSqliteError } from "./sqlite-errors.ts";

it.each([
  ["SQLITE_FULL", "store.disk-full"],
  ["SQLITE_IOERR_SHMSIZE", "store.disk-full"],
  ["SQLITE_IOERR_FSYNC", "store.disk-error"],
  ["SQLITE_IOERR_WRITE", "store.disk-error"],
  ["SQLITE_READONLY", "store.disk-error"],
  ["SQLITE_CANTOPEN", "store.disk-error"],
  ["SQLITE_CORRUPT_INDEX", "store.corrupt"],
  ["SQLITE_NOTADB", "store.corrupt"],
  ["SQLITE_BUSY", "data.locked"],
])("calls %s %s", (code, wanted) => {
  expect(translateSqliteError(new Database.SqliteError("x", code))).toMatchObject({ code: wanted });
});

it("leaves bugs alone", () => {
  const bugs = [new Error("x"), new Database.SqliteError("x", "SQLITE_CONSTRAINT")];
  for (const bug of bugs) expect(translateSqliteError(bug)).toBe(bug);
});

import { closeSync, cpSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { appendMany } from "../journal/append-many.ts";
import { journalHeads } from "../journal/journal-heads.ts";
import { saleItem } from "../journal/testing/sales.ts";
import { migrate, schemaVersion } from "./migrate.ts";
import { MIGRATIONS } from "./migrations/index.ts";
import { openAgentStore } from "./open-store.ts";
import { openToRead } from "./open-to-read.ts";
import { probeLock } from "./lock-folder.ts";
import { openTestFolder, TEST_KEY, type TestFolder } from "./testing/open-test-folder.ts";

let folder: TestFolder;
beforeEach(() => {
  folder = openTestFolder();
});
afterEach(() => {
  folder.remove();
});

const coded = (code: string): unknown => expect.objectContaining({ code });
const openAgain = (): unknown => openAgentStore(folder.dir, { now: () => 0, journalKey: TEST_KEY });

describe("openAgentStore", () => {
  it("syncs each commit: WAL and synchronous=FULL", () => {
    expect(folder.store.db.pragma("journal_mode", { simple: true })).toBe("wal");
    expect(folder.store.db.pragma("synchronous", { simple: true })).toBe(2);
  });

  it("lets one process write, frees the folder when it closes, and lets others read meanwhile", () => {
    expect(openAgain).toThrow(coded("data.locked"));
    expect(probeLock(folder.dir)).toBe(`process ${process.pid}`);
    appendMany(folder.store, [saleItem({ sequence: 1 })]);
    const reader = openToRead(folder.dir, () => 0);
    expect(journalHeads(reader)).toMatchObject([{ seq: 1 }]);
    reader.close();
    folder.store.close();
    expect(probeLock(folder.dir)).toBe("free");
    folder.restart();
  });

  it("refuses a database of a newer version, and changes nothing in it", () => {
    folder.store.db.pragma("user_version = 990");
    folder.store.close();
    expect(openAgain).toThrow(coded("data.future"));
    expect(() => openToRead(folder.dir, () => 0)).toThrow(coded("data.future"));
    const db = new Database(join(folder.dir, "agent.sqlite"));
    expect(schemaVersion(db)).toBe(990);
    db.pragma(`user_version = ${MIGRATIONS.at(-1)!.version}`);
    db.close();
    folder.restart();
  });

  it("notices damage at opening", () => {
    appendMany(
      folder.store,
      Array.from({ length: 50 }, (_, i) => saleItem({ sequence: i })),
    );
    folder.store.close();
    const path = join(folder.dir, "agent.sqlite");
    const { size } = statSync(path);
    const file = openSync(path, "r+");
    for (let at = 4096; at < size; at += 4096) writeSync(file, Buffer.alloc(64, 0xff), 0, 64, at);
    closeSync(file);
    expect(openAgain).toThrow(coded("store.corrupt"));
  });

  it("calls a file that is no database damaged", () => {
    const dir = mkdtempSync(join(tmpdir(), "tillsync-edge-"));
    const file = openSync(join(dir, "agent.sqlite"), "w");
    writeSync(file, Buffer.alloc(8_192, 0x41));
    closeSync(file);
    expect(() => openAgentStore(dir, { now: () => 0, journalKey: TEST_KEY })).toThrow(coded("store.corrupt"));
    rmSync(dir, { recursive: true });
  });

  it("finds nothing where nothing was kept", () => {
    expect(() => openToRead(join(folder.dir, "none"), () => 0)).toThrow(coded("data.not-found"));
  });

  it("goes on in a new epoch in a copied folder, and leaves the original alone", () => {
    appendMany(folder.store, [saleItem({ sequence: 1 })]);
    folder.store.close();
    const copy = mkdtempSync(join(tmpdir(), "tillsync-copy-"));
    cpSync(folder.dir, copy, { recursive: true });
    const store = openAgentStore(copy, { now: () => folder.wallMs, journalKey: TEST_KEY });
    expect(journalHeads(store)).toMatchObject([
      { epoch: 1, seq: 1 },
      { epoch: 2, seq: 1 },
    ]);
    store.close();
    rmSync(copy, { recursive: true });
    folder.restart();
    expect(journalHeads(folder.store)).toMatchObject([{ epoch: 1, seq: 1 }]);
  });

  it("keeps its files to its owner", () => {
    for (const name of ["agent.sqlite", "agent.sqlite-wal", "lock.sqlite"]) expect(statSync(join(folder.dir, name)).mode & 0o077).toBe(0);
  });
});

describe("migrations", () => {
  it("are numbered in tens, and each leads on from what the one before left", () => {
    const db = new Database(":memory:");
    for (let n = 1; n <= MIGRATIONS.length; n += 1) {
      migrate(db, MIGRATIONS.slice(0, n));
      expect(schemaVersion(db)).toBe(MIGRATIONS[n - 1]?.version);
    }
    migrate(db);
    expect(schemaVersion(db)).toBe(MIGRATIONS.at(-1)!.version);
    db.close();
  });

  it("take a step whole or not at all", () => {
    const db = new Database(":memory:");
    const half = { version: 10, sql: "CREATE TABLE a (x); CREATE TABLE a (x);" };
    expect(() => migrate(db, [half])).toThrow("already exists");
    expect(db.prepare("SELECT count(*) AS n FROM sqlite_schema").get()).toEqual({ n: 0 });
    expect(schemaVersion(db)).toBe(0);
    db.close();
  });
});

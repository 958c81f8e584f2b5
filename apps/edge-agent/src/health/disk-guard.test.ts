import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { TillsyncError } from "@tillsync/sync-protocol";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { appendTransaction } from "../journal/append-transaction.ts";
import { saleItem } from "../journal/testing/sales.ts";
import { verifyJournal } from "../journal/verify-journal.ts";
import { openTestFolder, type TestFolder } from "../store/testing/open-test-folder.ts";
import { openDiskGuard } from "./disk-guard.ts";

const BALLAST = 256 * 1024;
let folder: TestFolder;
let states: string[];
beforeEach(() => {
  folder = openTestFolder();
  states = [];
});
afterEach(() => {
  folder.remove();
});
const guardWith = (free: () => number) =>
  openDiskGuard(folder.dir, { ballastBytes: BALLAST, freeBytes: free, onChange: (state) => states.push(state) });
const ballast = (): boolean => existsSync(join(folder.dir, "ballast"));
const full = (): TillsyncError => new TillsyncError("store.disk-full");

describe("the ballast", () => {
  it("is held back from the start, in full", () => {
    guardWith(() => 0);
    expect(statSync(join(folder.dir, "ballast")).size).toBe(BALLAST);
  });

  it("is freed for the write that finds the disk full; then nothing is accepted until there is room again", () => {
    let free = 0;
    const guard = guardWith(() => free);
    let tries = 0;
    const result = guard.run(() => {
      tries += 1;
      if (ballast()) throw full();
      return "written";
    });
    expect([result, tries, ballast(), guard.state()]).toEqual(["written", 2, false, "full"]);
    expect(() => guard.run(() => "more")).toThrow(expect.objectContaining({ code: "store.disk-full" }));
    free = 100 * 1024 * 1024;
    expect(guard.run(() => "more")).toBe("more");
    expect([ballast(), guard.state(), states]).toEqual([true, "ok", ["full", "ok"]]);
  });

  it("says so when even that is not enough, and never that it was written", () => {
    const guard = guardWith(() => 0);
    expect(() =>
      guard.run(() => {
        throw full();
      }),
    ).toThrow(full());
    expect([ballast(), guard.state()]).toEqual([false, "full"]);
  });

  it("leaves other failures alone", () => {
    const guard = guardWith(() => 0);
    expect(() =>
      guard.run(() => {
        throw new TillsyncError("store.disk-error");
      }),
    ).toThrow(new TillsyncError("store.disk-error"));
    expect([ballast(), guard.state()]).toEqual([true, "ok"]);
  });
});

describe("a database that cannot grow", () => {
  it("refuses each sale with store.disk-full, keeps all before, and takes the refused ones when there is room", () => {
    const { db } = folder.store;
    const pages = db.pragma("page_count", { simple: true }) as number;
    db.pragma(`max_page_count = ${pages + 20}`);
    let accepted = 0;
    let refused: unknown;
    for (let i = 1; i < 500 && refused === undefined; i += 1) {
      try {
        appendTransaction(folder.store, saleItem({ sequence: i }));
        accepted = i;
      } catch (cause) {
        refused = cause;
      }
    }
    expect(refused).toMatchObject({ code: "store.disk-full" });
    expect(accepted).toBeGreaterThan(5);
    expect(folder.store.end.seq).toBe(accepted);
    db.pragma("max_page_count = 1000000");
    expect(appendTransaction(folder.store, saleItem({ sequence: accepted + 1 }))).toMatchObject({ kind: "appended", seq: accepted + 1 });
    folder.restart();
    expect(verifyJournal(folder.store)).toMatchObject({ ok: true, entries: accepted + 1 });
  });
});

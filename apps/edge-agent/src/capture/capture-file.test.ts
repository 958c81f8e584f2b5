import { mkdirSync, statSync, truncateSync, writeFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { TillsyncError } from "@tillsync/sync-protocol";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readCaptured } from "../health/captured.ts";
import { journalHeads } from "../journal/journal-heads.ts";
import { verifyJournal } from "../journal/verify-journal.ts";
import { openTestFolder, type TestFolder } from "../store/testing/open-test-folder.ts";
import { captureFile, type FileResult } from "./capture-file.ts";
import { CHUNK_BYTES, SET_ASIDE_BYTES_MAX } from "./limits.ts";
import { listSetAside, showSetAside } from "./list-set-aside.ts";
import { retrySetAside } from "./retry-set-aside.ts";
import { HEADING, lineReader, saleLine } from "./testing/line-reader.ts";

const LIMIT = 64 * 1024 * 1024;
let folder: TestFolder;
beforeEach(() => {
  folder = openTestFolder();
});
afterEach(() => {
  folder.remove();
});

const write = (name: string, ...lines: string[]): string => {
  const path = join(folder.dir, name);
  writeFileSync(path, lines.join(""));
  return path;
};
const capture = (path: string, reader = lineReader(), bytesMax = LIMIT): Promise<FileResult> => captureFile(folder, path, reader, bytesMax);

/** Sales with a row after each that is no sale, so that some hundred of them fill several chunks. */
const longLines = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => saleLine(i + 1, 100) + `NOTE ${"x".repeat(CHUNK_BYTES / 128)}\n`);

describe("the same receipts again", () => {
  const lines = [HEADING, saleLine(1, 100), saleLine(2, 200), saleLine(3, 300)];

  it("takes a file once, whatever its name", async () => {
    expect(await capture(write("a.log", ...lines))).toMatchObject({ transactions: 3, new: 3, knownContent: false });
    expect(await capture(join(folder.dir, "a.log"))).toMatchObject({ new: 0, duplicates: 3, knownContent: true });
    expect(await capture(write("b.log", ...lines))).toMatchObject({ new: 0, duplicates: 3, knownContent: true });
    expect(readCaptured(folder.store)).toEqual({
      transactions: 3,
      byType: { RetailTransaction: 3 },
      grossByCurrency: { EUR: "6.00" },
      revisions: 0,
    });
  });

  it("makes a revision of the one receipt that a re-export has changed", async () => {
    await capture(write("a.log", ...lines));
    const again = await capture(write("a.log", HEADING, saleLine(1, 100), saleLine(2, 250), saleLine(3, 300), saleLine(4, 1)));
    expect(again).toMatchObject({ transactions: 4, new: 1, duplicates: 2, revisions: 1, setAside: 0 });
    expect(readCaptured(folder.store)).toMatchObject({ transactions: 4, revisions: 1, grossByCurrency: { EUR: "6.51" } });
    expect(verifyJournal(folder.store)).toMatchObject({ ok: true, entries: 5, receipts: 4 });
  });

  it("reads a known content again with another configuration", async () => {
    await capture(write("a.log", ...lines));
    expect(await capture(join(folder.dir, "a.log"), lineReader({ day: "2026-03-03" }))).toMatchObject({ new: 3, knownContent: false });
  });

  it("keeps both of two receipts under one number: the second is set aside with its bytes, once", async () => {
    const path = write("a.log", HEADING, saleLine(1, 100), saleLine(1, 999));
    expect(await capture(path)).toMatchObject({ transactions: 2, new: 1, setAside: 1 });
    expect(await capture(write("b.log", HEADING, saleLine(1, 100), saleLine(1, 999), saleLine(2)))).toMatchObject({
      new: 1,
      duplicates: 1,
      setAside: 1,
    });
    const rows = listSetAside(folder.store, false);
    expect(rows).toMatchObject([{ code: "capture.key-conflict", times: 2 }]);
    expect(showSetAside(folder.store, rows[0]!.id).text).toBe(saleLine(1, 999));
    expect(readCaptured(folder.store).grossByCurrency).toEqual({ EUR: "6.00" });
  });
});

describe("what cannot be read", () => {
  it("is set aside with bytes and range; the rest goes on; a retry after the fix takes it up", async () => {
    const path = write("a.log", HEADING, saleLine(1), "SELL 2 700\n", saleLine(3), "NOTE stock count\n");
    expect(await capture(path)).toMatchObject({ transactions: 2, new: 2, setAside: 1, notSales: 1 });
    const [row] = listSetAside(folder.store, false);
    expect(row).toMatchObject({ code: "capture.malformed", name: "a.log", range: [20, 31], state: "open", bytes: 11 });
    const deps = (config: unknown) => ({
      ...folder,
      openReader: (_: string, given: unknown) => Promise.resolve(lineReader(given as object)),
      configOf: () => config,
    });
    expect(await retrySetAside(deps(undefined), [])).toMatchObject({ ok: false, items: [{ state: "open", code: "capture.malformed" }] });
    expect(await retrySetAside(deps({ accept: "SELL" }), [row!.id])).toMatchObject({
      ok: true,
      items: [{ state: "resolved", transactions: 1 }],
    });
    expect(listSetAside(folder.store, false)).toEqual([]);
    expect(readCaptured(folder.store)).toMatchObject({ transactions: 3, grossByCurrency: { EUR: "17.00" } });
  });

  it("keeps of a huge item its beginning, masked before it is cut, and says where the rest is", async () => {
    const card = "4111111111111111";
    const junk = `${"x".repeat(SET_ASIDE_BYTES_MAX - 8)}${card}${"y".repeat(5_000)}\n`;
    await capture(write("a.log", HEADING, saleLine(1), junk, saleLine(2)));
    const item = showSetAside(folder.store, listSetAside(folder.store, false)[0]!.id);
    expect(item).toMatchObject({ cut: true, bytes: junk.length });
    expect(item.text).toHaveLength(SET_ASIDE_BYTES_MAX);
    expect(item.text!.endsWith("xx********")).toBe(true);
    const database =
      readFileSync(join(folder.dir, "agent.sqlite")).toString("latin1") +
      readFileSync(join(folder.dir, "agent.sqlite-wal")).toString("latin1");
    expect(database).not.toContain("41111111");
    expect(readCaptured(folder.store).transactions).toBe(2);
  });

  it("keeps a receipt that is larger than an entry may be, and takes the next", async () => {
    const huge = saleLine(1, ...Array.from({ length: 5_000 }, () => 100));
    expect(await capture(write("a.log", HEADING, huge, saleLine(2)))).toMatchObject({ transactions: 2, new: 1, setAside: 1 });
    expect(listSetAside(folder.store, false)).toMatchObject([{ code: "capture.limit", bytes: huge.length }]);
  });

  it("takes the complete records of a truncated file; the complete file later settles it", async () => {
    const path = write("a.log", HEADING, saleLine(1), "SALE 2 7");
    expect(await capture(path)).toMatchObject({ new: 1, setAside: 1 });
    expect(listSetAside(folder.store, false)).toMatchObject([{ code: "capture.truncated" }]);
    write("a.log", HEADING, saleLine(1), saleLine(2, 700));
    expect(await capture(path)).toMatchObject({ new: 1, duplicates: 1, setAside: 0 });
    expect(listSetAside(folder.store, false)).toEqual([]);
  });

  it("sets the rest of a file aside when the adapter itself fails", async () => {
    const result = await capture(write("a.log", HEADING, ...longLines(400), "THROW\n"));
    expect(result).toMatchObject({ setAside: 1, error: { code: "adapter.failed" } });
    expect(result.new).toBeGreaterThan(300);
    expect(listSetAside(folder.store, false)).toMatchObject([{ code: "adapter.failed" }]);
  });
});

describe("files that are none", () => {
  it("lists an empty file and one past the limit by name and size, and leaves them alone", async () => {
    const empty = write("empty.log");
    const big = write("big.log", HEADING);
    truncateSync(big, 600 * 1024 * 1024);
    expect(await capture(empty)).toMatchObject({ setAside: 1, error: { code: "source.empty" } });
    expect(await capture(big, lineReader(), 512 * 1024 * 1024)).toMatchObject({ setAside: 1, error: { code: "source.too-large" } });
    expect(listSetAside(folder.store, false)).toMatchObject([
      { code: "source.empty", name: "empty.log" },
      { code: "source.too-large", name: "big.log", bytes: 629_145_600 },
    ]);
    expect(statSync(big).size).toBe(629_145_600);
    expect(
      await retrySetAside({ ...folder, openReader: () => Promise.reject(new Error("unused")), configOf: () => ({}) }, [1]),
    ).toMatchObject({
      ok: false,
      items: [{ code: "source.not-file" }],
    });
  });

  it("takes a file of exactly the limit and refuses one byte more", async () => {
    const path = write("a.log", HEADING, saleLine(1));
    const { size } = statSync(path);
    expect(await capture(path, lineReader(), size - 1)).toMatchObject({ error: { code: "source.too-large" } });
    expect(await capture(path, lineReader(), size)).toMatchObject({ new: 1 });
    expect(listSetAside(folder.store, false)).toEqual([]);
  });

  it("names a folder and a missing file", async () => {
    mkdirSync(join(folder.dir, "sub"));
    expect(await capture(join(folder.dir, "sub"))).toMatchObject({ error: { code: "source.not-file" } });
    expect(await capture(join(folder.dir, "none"))).toMatchObject({ error: { code: "source.not-found" } });
  });

  it("gives up on a file that changes each time it is read, and keeps what was complete", async () => {
    const path = write("a.log", HEADING, saleLine(1));
    let n = 1;
    const reader = lineReader();
    const restless = {
      ...reader,
      open: () => {
        n += 1;
        writeFileSync(path, HEADING + Array.from({ length: n }, (_, i) => saleLine(i + 1)).join(""));
        return reader.open();
      },
    };
    expect(await capture(path, restless)).toMatchObject({ error: { code: "source.changed" } });
    expect(readCaptured(folder.store).transactions).toBeGreaterThan(0);
    expect(await capture(path)).toMatchObject({ transactions: n });
    expect(readCaptured(folder.store).transactions).toBe(n);
  });

  it("stops between chunks when the process ends, without losing what was read", async () => {
    const path = write("a.log", HEADING, saleLine(1));
    expect(await captureFile({ ...folder, stopping: () => true }, path, lineReader(), LIMIT)).toMatchObject({
      error: { code: "agent.stopping" },
    });
    expect(await capture(path)).toMatchObject({ new: 1 });
  });
});

describe("a crash between the steps", () => {
  it("neither loses nor doubles, wherever it strikes", async () => {
    const path = write("a.log", HEADING, ...longLines(500));
    let calls = 0;
    for (const crashAt of [1, 2, 4]) {
      calls = 0;
      const crashing = {
        ...folder,
        guard: {
          ...folder.guard,
          run: <T>(work: () => T): T => {
            calls += 1;
            if (calls === crashAt) throw new TillsyncError("store.disk-error", "crash");
            return work();
          },
        },
      };
      await expect(captureFile(crashing, path, lineReader(), LIMIT)).rejects.toThrow("crash");
      folder.restart();
    }
    expect(await capture(path)).toMatchObject({ transactions: 500 });
    expect(readCaptured(folder.store)).toMatchObject({ transactions: 500, revisions: 0, grossByCurrency: { EUR: "500.00" } });
    expect(journalHeads(folder.store)[0]?.seq).toBe(500);
  });
});

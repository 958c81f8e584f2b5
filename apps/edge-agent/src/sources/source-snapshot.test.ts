import { appendFileSync, mkdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Reader } from "../capture/reader.ts";
import { HEADING, lineReader, saleLine } from "../capture/testing/line-reader.ts";
import { folderSourceSchema } from "../config/config-schema.ts";
import { openTestFolder, type TestFolder } from "../store/testing/open-test-folder.ts";
import { httpSnapshot, STUCK_AFTER_MS } from "./source-snapshot.ts";
import { watchFolder, type FolderWatch } from "./watch-folder.ts";

const QUIET_MS = 2_000;
const PATIENCE_MS = 60_000;
const RESCAN_MS = 10_000;

let folder: TestFolder;
let pos: string;
let monotonicMs: number;
let paused: boolean;
let watch: FolderWatch;
let openReader: () => Promise<Reader>;
let mtime: number;

const start = (): void => {
  const nothing = (): void => {};
  watch = watchFolder(
    {
      store: folder.store,
      guard: folder.guard,
      openReader: () => openReader(),
      ports: { monotonicMs: () => monotonicMs, setTimer: () => ({ cancel: nothing }) },
      log: { info: nothing, warn: nothing, error: nothing },
      paused: () => paused,
    },
    folderSourceSchema.parse({
      name: "pos",
      kind: "folder",
      path: pos,
      adapter: "lines",
      pattern: "*.log",
      polling: true,
      rescanMs: RESCAN_MS,
    }),
    () => ({}),
  );
};
beforeEach(() => {
  folder = openTestFolder();
  pos = join(folder.dir, "pos");
  mkdirSync(pos);
  [monotonicMs, mtime, paused] = [1_000, 1_700_000_000, false];
  openReader = () => Promise.resolve(lineReader());
  start();
});
afterEach(async () => {
  await watch.stop();
  folder.remove();
});

const pass = (ms: number): void => {
  monotonicMs += ms;
  folder.wallMs += ms;
};
const look = async (afterMs = 0): Promise<void> => {
  pass(afterMs);
  await watch.rescan();
};
const touch = (name: string): void => utimesSync(join(pos, name), (mtime += 10), mtime);
const append = (name: string, ...lines: string[]): void => {
  appendFileSync(join(pos, name), lines.join(""));
  touch(name);
};
const now = () => watch.snapshot();

describe("a folder's look", () => {
  it("counts from its begin, and only once it was whole", async () => {
    expect(now()).toMatchObject({ state: "reading", lastReadAtMs: null, freshForMs: 2 * RESCAN_MS + 5_000 });
    const begun = folder.wallMs;
    const opening = Promise.withResolvers<Reader>();
    openReader = () => opening.promise;
    const looking = watch.rescan();
    pass(700);
    expect(now()).toMatchObject({ state: "reading", lastReadAtMs: null });
    opening.resolve(lineReader());
    await looking;
    expect(now()).toMatchObject({ state: "watching", lastReadAtMs: begun, code: null });
  });

  it("does not count when it failed, and the one before grows old", async () => {
    await look();
    const good = now().lastReadAtMs;
    rmSync(pos, { recursive: true });
    await look(RESCAN_MS);
    expect(now()).toMatchObject({ state: "failing", code: "source.not-found", lastReadAtMs: good });
    mkdirSync(pos);
    await look(RESCAN_MS);
    expect(now()).toMatchObject({ state: "watching", code: null, lastReadAtMs: good! + 2 * RESCAN_MS });
  });

  it("is as old as the older of two clocks says", async () => {
    await look();
    // Asleep: the steady clock stood still.
    folder.wallMs += 3_600_000;
    expect(folder.wallMs - now().lastReadAtMs!).toBe(3_600_000);
    // The clock was set back: it is not of the future.
    folder.wallMs -= 2 * 3_600_000;
    monotonicMs += 9_000;
    expect(folder.wallMs - now().lastReadAtMs!).toBe(9_000);
  });

  it("that hangs is told after a while, and one that comes on is not", async () => {
    await look();
    const reading = Promise.withResolvers<Reader>();
    openReader = () => reading.promise;
    await watch.stop();
    start();
    const looking = watch.rescan();
    pass(STUCK_AFTER_MS);
    expect(now()).toMatchObject({ state: "reading", code: null });
    pass(1);
    expect(now()).toMatchObject({ state: "failing", code: "source.stale" });
    reading.resolve(lineReader());
    await looking;
    expect(now()).toMatchObject({ state: "watching", code: null });
  });
});

describe("what is unread", () => {
  it("is a file that was not waited for, a half record, and nothing of a file that is read as far as it goes", async () => {
    append("day.log", HEADING, saleLine(1));
    await look();
    const open = [now().open];
    await look(QUIET_MS);
    open.push(now().open);
    append("day.log", saleLine(2).slice(0, 5));
    await look();
    open.push(now().open);
    append("day.log", saleLine(2).slice(5));
    await look();
    await look(QUIET_MS);
    open.push(now().open);
    await look(PATIENCE_MS);
    open.push(now().open);
    expect(open).toEqual([0, 0, 1, 0, 0]);
    writeFileSync(join(pos, "empty.log"), "");
    await look();
    expect(now()).toMatchObject({ open: 1, failed: 0 });
  });

  it("is what went before it was read to its end, until a person is told", async () => {
    append("day.log", HEADING, saleLine(1), saleLine(2).slice(0, 5));
    await look();
    rmSync(join(pos, "day.log"));
    await look(RESCAN_MS);
    expect(now().open).toBe(1);
    await look(PATIENCE_MS);
    expect(now().open).toBe(0);
    expect(folder.store.db.prepare("SELECT code FROM set_aside").all()).toEqual([{ code: "source.not-found" }]);
  });

  it("is a file that failed, until somebody has taken it up", async () => {
    writeFileSync(join(pos, "empty.log"), "");
    await look();
    await look(PATIENCE_MS);
    expect(now()).toMatchObject({ files: 1, open: 0, failed: 1 });
    folder.store.db.exec("INSERT INTO support_item (item, number, at_ms) SELECT id, 'AB12', 1 FROM set_aside");
    expect(now().failed).toBe(0);
    folder.store.db.exec("DELETE FROM support_item; UPDATE set_aside SET state = 'resolved'");
    expect(now().failed).toBe(0);
  });
});

describe("while a file is read", () => {
  it("nobody may say that all was read, however fresh the look before is", async () => {
    await look();
    const seen: unknown[] = [];
    const reading = lineReader();
    append("day.log", HEADING, saleLine(1));
    await watch.stop();
    openReader = () => Promise.resolve({ ...reading, open: (resume) => (seen.push([now().state, now().open]), reading.open(resume)) });
    start();
    await look(1);
    expect(seen[0]).toEqual(["reading", 1]);
    expect(now()).toMatchObject({ state: "watching", open: 0 });
  });
});

describe("a pause", () => {
  it("that is over leaves the folder unread until it was looked at", async () => {
    await look();
    paused = true;
    append("day.log", HEADING, saleLine(1));
    await look(RESCAN_MS);
    expect(now()).toMatchObject({ state: "paused", open: 0 });
    paused = false;
    expect(now()).toMatchObject({ open: 1 });
    await look();
    expect(now()).toMatchObject({ open: 0, files: 1 });
  });

  it("begins no file and no look, and counts for no look", async () => {
    await look();
    const good = now().lastReadAtMs;
    paused = true;
    append("day.log", HEADING, saleLine(1));
    await look(RESCAN_MS);
    expect(now()).toMatchObject({ state: "paused", lastReadAtMs: good, files: 0 });
    expect(watch.status()).toMatchObject({ state: "paused" });
    paused = false;
    await look(1);
    expect(now()).toMatchObject({ state: "watching", files: 1, lastReadAtMs: folder.wallMs });
  });

  it("lets the file come to its end that is being read, and begins no other", async () => {
    append("a.log", HEADING, saleLine(1));
    append("b.log", HEADING, saleLine(2));
    openReader = () => Promise.resolve({ ...lineReader(), open: (resume) => ((paused = true), lineReader().open(resume)) });
    await look();
    expect(folder.store.db.prepare("SELECT name FROM reading").all()).toEqual([{ name: "a.log" }]);
    expect(now()).toMatchObject({ state: "paused", lastReadAtMs: null });
  });
});

it("takes the HTTP interface for fresh while it listens", () => {
  const listening = { state: "listening", host: "127.0.0.1", port: 4410, connections: 0 } as const;
  expect(httpSnapshot(listening, 5_000)).toMatchObject({ kind: "http", state: "watching", place: "127.0.0.1:4410", lastReadAtMs: 5_000 });
  expect(httpSnapshot({ ...listening, state: "failing", code: "intake.address" }, 5_000)).toMatchObject({
    state: "failing",
    code: "intake.address",
    lastReadAtMs: null,
  });
});

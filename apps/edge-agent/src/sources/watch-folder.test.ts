import { appendFileSync, mkdirSync, renameSync, rmSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Reader } from "../capture/reader.ts";
import { END, HEADING, lineReader, saleLine } from "../capture/testing/line-reader.ts";
import { listSetAside } from "../capture/list-set-aside.ts";
import { folderSourceSchema, type FolderSource } from "../config/config-schema.ts";
import { readCaptured } from "../health/captured.ts";
import { openTestFolder, type TestFolder } from "../store/testing/open-test-folder.ts";
import { watchFolder, type FolderWatch } from "./watch-folder.ts";

const QUIET_MS = 2_000;
const PATIENCE_MS = 60_000;

let folder: TestFolder;
let pos: string;
let monotonicMs: number;
/** How far the clock moves between two readings of it: how long a look takes. */
let lookMs: number;
let delays: number[];
/** Resolves when a look has ended. */
let rested: PromiseWithResolvers<void>;
let watch: FolderWatch;
let reader: Reader;
let mtime: number;

const start = (change: Partial<FolderSource> = {}): void => {
  const source = {
    ...folderSourceSchema.parse({ name: "pos", kind: "folder", path: pos, adapter: "lines", pattern: "*.log", polling: true }),
    ...change,
  };
  const nothing = (): void => {};
  const log = { info: nothing, warn: nothing, error: nothing };
  watch = watchFolder(
    {
      store: folder.store,
      guard: folder.guard,
      openReader: () => Promise.resolve(reader),
      ports: {
        monotonicMs: () => (monotonicMs += lookMs),
        setTimer: (delayMs) => (delays.push(delayMs), rested.resolve(), { cancel: nothing }),
      },
      log,
    },
    source,
    () => ({}),
  );
};

beforeEach(() => {
  folder = openTestFolder();
  pos = join(folder.dir, "pos");
  mkdirSync(pos);
  monotonicMs = 1_000;
  lookMs = 0;
  delays = [];
  rested = Promise.withResolvers();
  mtime = 1_700_000_000;
  reader = lineReader();
  start();
});
afterEach(async () => {
  await watch.stop();
  folder.remove();
});

/** Every write moves the file's time, as a clock with coarse steps may not. */
const touch = (name: string): void => utimesSync(join(pos, name), (mtime += 10), mtime);
const write = (name: string, ...lines: string[]): void => {
  writeFileSync(join(pos, name), lines.join(""));
  touch(name);
};
const append = (name: string, ...lines: string[]): void => {
  appendFileSync(join(pos, name), lines.join(""));
  touch(name);
};
const look = async (afterMs = 0): Promise<void> => {
  monotonicMs += afterMs;
  await watch.rescan();
};
const captured = (): { transactions: number; revisions: number; gross: string | undefined } => {
  const { transactions, revisions, grossByCurrency } = readCaptured(folder.store);
  return { transactions, revisions, gross: grossByCurrency["EUR"] };
};
const setAside = (): string[] => listSetAside(folder.store, false).map(({ code }) => code);

describe("the time between two looks", () => {
  it("is short while a file is unsettled, and never longer than a rescan, however long a look took", async () => {
    write("day.log", HEADING, saleLine(1));
    await look();
    expect(delays.at(-1)).toBe(QUIET_MS);
    lookMs = 60_000;
    append("day.log", saleLine(2));
    await look();
    expect(delays.at(-1)).toBe(10_000);
  });
});

describe("a file that grows", () => {
  it("is captured while it grows; half a record waits for its rest", async () => {
    write("day.log", HEADING, saleLine(1), "SALE 2 3");
    await look();
    expect(captured().transactions).toBe(1);
    await look(QUIET_MS);
    expect(setAside()).toEqual([]);
    append("day.log", "00\n", saleLine(3));
    await look();
    expect(captured()).toEqual({ transactions: 3, revisions: 0, gross: "13.00" });
    await look(QUIET_MS);
    expect(watch.status()).toMatchObject({ state: "watching", files: 1, open: 0, failed: 0 });
    append("day.log", saleLine(4));
    await look();
    expect(captured()).toEqual({ transactions: 4, revisions: 0, gross: "18.00" });
  });

  it("is told of when it stays cut in the middle of a record, and settled when the rest comes after all", async () => {
    write("day.log", HEADING, saleLine(1), "SALE 2 3");
    await look();
    await look(PATIENCE_MS);
    expect(setAside()).toEqual(["capture.truncated"]);
    append("day.log", "00\n");
    await look();
    await look(QUIET_MS);
    expect(setAside()).toEqual([]);
    expect(captured()).toEqual({ transactions: 2, revisions: 0, gross: "8.00" });
  });

  it("is done with at once, in one commit, when it is a whole document; another one behind it is read too", async () => {
    let commits = 0;
    const { prepare } = folder.store;
    Object.assign(folder.store, { prepare: (text: string) => ((commits += text === "COMMIT" ? 1 : 0), prepare(text)) });
    write("day.log", HEADING, saleLine(1), END);
    await look();
    expect(commits).toBe(1);
    expect(watch.status()).toMatchObject({ files: 1, open: 0 });
    append("day.log", saleLine(2));
    await look();
    expect(watch.status()).toMatchObject({ files: 1, open: 1 });
    append("day.log", END);
    await look();
    expect(watch.status()).toMatchObject({ files: 1, open: 0 });
    expect(captured()).toEqual({ transactions: 2, revisions: 0, gross: "10.00" });
  });

  it("is not done with as long as a document is not whole, or something in it cannot be read", async () => {
    write("day.log", HEADING, saleLine(1), END, "SA");
    write("bad.log", HEADING, "\0\0\n", saleLine(2), END);
    await look();
    expect(watch.status()).toMatchObject({ files: 2, open: 2 });
    expect([captured().transactions, setAside()]).toEqual([1, []]);
    await look(QUIET_MS);
    expect([captured().transactions, setAside()]).toEqual([2, ["capture.malformed"]]);
  });

  it("sets nothing aside of what may be half written, until it rests", async () => {
    write("day.log", HEADING, saleLine(1), "\0\0\0\0\n", saleLine(3));
    await look();
    expect([captured().transactions, setAside()]).toEqual([1, []]);
    write("day.log", HEADING, saleLine(1), saleLine(2), saleLine(3));
    await look();
    await look(QUIET_MS);
    expect([captured().transactions, setAside()]).toEqual([3, []]);
  });

  it("sets a bad record aside in the end, also of a file that never rests", async () => {
    write("day.log", HEADING, "BAD\n", saleLine(1));
    await look();
    for (let i = 2; i < 5; i += 1) {
      append("day.log", saleLine(i));
      await look(PATIENCE_MS / 3 + 1);
    }
    append("day.log", saleLine(5));
    await look(1);
    expect([captured().transactions, setAside()]).toEqual([5, ["capture.malformed"]]);
  });
});

describe("a file that was written anew", () => {
  it("is read from its start: the same receipts are known, changed ones are revisions", async () => {
    write("day.log", HEADING, saleLine(1), saleLine(2));
    await look();
    await look(QUIET_MS);
    write("day.log", HEADING, saleLine(1), saleLine(2, 700), saleLine(3));
    await look();
    await look(QUIET_MS);
    expect(captured()).toEqual({ transactions: 3, revisions: 1, gross: "17.00" });
  });

  it("is read anew when it became shorter", async () => {
    write("day.log", HEADING, saleLine(1), saleLine(2));
    await look();
    truncateSync(join(pos, "day.log"), 0);
    touch("day.log");
    await look();
    write("day.log", HEADING, saleLine(9));
    await look();
    expect(captured().transactions).toBe(3);
  });

  it("is known under another name, moved or copied", async () => {
    write("day.log", HEADING, saleLine(1), saleLine(2));
    await look();
    await look(QUIET_MS);
    renameSync(join(pos, "day.log"), join(pos, "old.log"));
    write("copy.log", HEADING, saleLine(1), saleLine(2));
    await look();
    expect(captured()).toMatchObject({ transactions: 2, revisions: 0 });
    expect(watch.status()).toMatchObject({ open: 0, failed: 0 });
  });
});

describe("files that cannot be read", () => {
  it("waits for an empty file and then lists it; a later content settles it", async () => {
    write("day.log");
    await look();
    await look(QUIET_MS);
    expect(setAside()).toEqual([]);
    await look(PATIENCE_MS);
    await look(1);
    expect(setAside()).toEqual(["source.empty"]);
    write("day.log", HEADING, saleLine(1));
    await look();
    await look(QUIET_MS);
    expect([captured().transactions, setAside()]).toEqual([1, []]);
  });

  it("lists a file past the source's limit once, and takes it when the limit is raised", async () => {
    write("day.log", HEADING, saleLine(1));
    await watch.stop();
    start({ fileBytesMax: 5 });
    await look();
    await look(1);
    expect(listSetAside(folder.store, false)).toMatchObject([{ code: "source.too-large", times: 1 }]);
    await watch.stop();
    start();
    await look();
    await look(QUIET_MS);
    expect([captured().transactions, setAside()]).toEqual([1, []]);
  });

  it("tells when a file went before it was read to its end", async () => {
    write("day.log", HEADING, saleLine(1), "SALE 2");
    write("done.log", HEADING, saleLine(7));
    await look();
    await look(QUIET_MS);
    rmSync(join(pos, "day.log"));
    rmSync(join(pos, "done.log"));
    await look();
    expect(setAside()).toEqual([]);
    await look(PATIENCE_MS);
    expect(listSetAside(folder.store, false)).toMatchObject([{ code: "source.not-found", name: "day.log" }]);
    expect(watch.status().files).toBe(0);
  });

  it("leaves hidden files, folders and other names alone", async () => {
    mkdirSync(join(pos, "sub.log"));
    write(".day.log", HEADING, saleLine(1));
    write("day.tmp", HEADING, saleLine(1));
    await look();
    await look(PATIENCE_MS);
    expect([captured().transactions, watch.status().files]).toEqual([0, 0]);
  });

  it("shows a folder that is away, and goes on when it is back", async () => {
    rmSync(pos, { recursive: true });
    await look();
    expect(watch.status()).toMatchObject({ state: "failing", code: "source.not-found" });
    mkdirSync(pos);
    write("day.log", HEADING, saleLine(1));
    await look();
    expect(watch.status()).toMatchObject({ state: "watching" });
    expect(captured().transactions).toBe(1);
  });
});

describe("a restart", () => {
  it("goes on from the position, and from the start when the adapter refuses its old checkpoint", async () => {
    write("day.log", HEADING, saleLine(1), "SALE 2 3");
    await look();
    await watch.stop();
    folder.restart();
    const { open } = reader;
    const opened: number[] = [];
    reader = { ...reader, open: (resume) => (opened.push(resume?.offset ?? 0), open(resume)) };
    start();
    append("day.log", "00\n");
    await look();
    expect(opened.every((offset) => offset > 0)).toBe(true);
    expect(captured().transactions).toBe(2);
    await watch.stop();
    reader = {
      ...reader,
      open: (resume) => {
        if (resume !== undefined) throw new Error("checkpoint of another version");
        return open();
      },
    };
    start();
    append("day.log", saleLine(3));
    await look();
    await look(QUIET_MS);
    expect(captured()).toMatchObject({ transactions: 3, revisions: 0 });
  });
});

describe("an event", () => {
  const heard = async (name: string): Promise<void> => {
    rested = Promise.withResolvers();
    writeFileSync(join(pos, name), HEADING + saleLine(Number.parseInt(name, 10)));
    await rested.promise;
  };
  /** How old the last look at the whole folder is. */
  const ageMs = (): number => folder.store.now() - (watch.snapshot().lastReadAtMs ?? Number.NaN);

  it("has its file looked at, and not the whole folder", async () => {
    await watch.stop();
    start({ polling: false });
    await look();
    monotonicMs += 5_000;
    await heard("1.log");
    expect(captured().transactions).toBe(1);
    expect(watch.snapshot().files).toBe(1);
    expect(ageMs()).toBe(5_000);
    // Past the time of a rescan the next event brings the whole.
    monotonicMs += 10_000;
    await heard("2.log");
    expect(captured().transactions).toBe(2);
    expect(ageMs()).toBe(0);
  });

  it("is heard in a folder that came back", async () => {
    await watch.stop();
    start({ polling: false });
    await look();
    renameSync(pos, `${pos}-away`);
    await look();
    expect(watch.status()).toMatchObject({ state: "failing", code: "source.not-found" });
    mkdirSync(pos);
    await look();
    expect(watch.status().state).toBe("watching");
    await heard("3.log");
    expect(captured().transactions).toBe(1);
  });
});

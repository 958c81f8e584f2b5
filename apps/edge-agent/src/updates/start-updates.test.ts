import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { appendMany } from "../journal/append-many.ts";
import { saleItem } from "../journal/testing/sales.ts";
import { FakePorts } from "../replicator/testing/fake-ports.ts";
import { openTestFolder, type TestFolder } from "../store/testing/open-test-folder.ts";
import { outcomeFile, type ToldOutcome } from "./apply/outcome.ts";
import type { Feed } from "./feed/feed.ts";
import { folderFeed } from "./feed/folder-feed.ts";
import type { Signs } from "./hours/judge-moment.ts";
import { openingHoursSchema } from "./hours/opening-hours.ts";
import { armedFile, isStaged, stagedFolder, updatesFolder } from "./stage/staged-folder.ts";
import { startUpdates, type Updates, type UpdatesDeps } from "./start-updates.ts";
import { madeRelease, madeRoot, makeSigners, NOW_MS, publish } from "./testing/made-releases.ts";

const keys = makeSigners(3);
const bytes = Buffer.alloc(700_000, "package");
const release = madeRelease("1.1.0", bytes);
/** Monday; the shop of these tests sells from nine to eight by the clock of Greenwich. */
const NIGHT_MS = Date.UTC(2026, 10, 3, 2);
const day: [string, string][] = [["09:00", "20:00"]];
const hours = openingHoursSchema.parse({ weekly: { mon: day, tue: day, wed: day, thu: day, fri: day, sat: day, sun: day } });

let folder: TestFolder;
let ports: FakePorts;
let place: string;
let state: string;
let signs: Signs;
let logged: object[];
let updates: Updates | undefined;

beforeEach(() => {
  folder = openTestFolder();
  ports = new FakePorts();
  at(NOW_MS);
  place = mkdtempSync(join(tmpdir(), "tillsync-place-"));
  state = mkdtempSync(join(tmpdir(), "tillsync-job-"));
  signs = { offsetMs: null, timeZone: "UTC", hours, isDraining: false, isReading: false, isPaused: false, isDiskFull: false };
  logged = [];
  publish(place, release, bytes, keys);
});
afterEach(async () => {
  await updates?.stop();
  updates = undefined;
  folder.remove();
  for (const dir of [place, state]) rmSync(dir, { recursive: true, force: true });
});

/** Sets clock and steady time forward together. */
function at(ms: number): void {
  ports.monotonic += ms - ports.wallMs();
  folder.wallMs = ms;
}

const deps = (other: Partial<UpdatesDeps> = {}): UpdatesDeps => ({
  dir: folder.dir,
  store: folder.store,
  ports,
  log: { info: (fields) => logged.push(fields), warn: (fields) => logged.push(fields), error: (fields) => logged.push(fields) },
  version: "1.0.0",
  platform: "linux",
  arch: "x64",
  trust: { root: madeRoot(keys), kind: "tar" },
  config: () => ({ feed: () => folderFeed(place), checkHours: 6, stateFolder: state }),
  signs: () => signs,
  ...other,
});
const start = (other: Partial<UpdatesDeps> = {}): Updates => (updates = startUpdates(deps(other)));
async function restart(other: Partial<UpdatesDeps> = {}): Promise<Updates> {
  await updates?.stop();
  folder.restart();
  return start(other);
}
/** Lets the agent look at the moment; what is due of anything else waits. */
function look(): void {
  for (let i = 0; i < 3; i += 1) ports.fireNext(16_000);
}
const phase = (): string => updates?.status().state.phase.kind ?? "";
const isArmed = (): boolean => existsSync(armedFile(folder.dir));
function tell(told: Partial<ToldOutcome>): void {
  const outcome = { sha256: release.file.sha256, version: "1.1.0", result: "committed", code: null, atMs: ports.wallMs(), ...told };
  writeFileSync(outcomeFile(state), JSON.stringify(outcome));
}

describe("an update", () => {
  it("is fetched, proven and staged, shown with its hour, and nothing more while the shop is open", async () => {
    start();
    expect(updates?.waiting()).toBeNull();
    await updates?.check();
    look();
    expect(phase()).toBe("staged");
    expect(readdirSync(updatesFolder(folder.dir))).toEqual(["staged"]);
    expect(isStaged(folder.dir, release)).toBe(true);
    expect(updates?.waiting()).toEqual({ version: "1.1.0", appliesFromMs: Date.UTC(2026, 10, 2, 20, 30) });
    expect([updates?.status().vetoes, isArmed()]).toEqual([["open"], false]);
  });

  it("is armed at night, for minutes, again and again, and not any more once something happens", async () => {
    start();
    await updates?.check();
    at(NIGHT_MS);
    look();
    expect([phase(), isArmed()]).toEqual(["armed", true]);
    const until = (): number => (JSON.parse(readFileSync(armedFile(folder.dir), "utf8")) as { untilMs: number }).untilMs;
    const first = until();
    expect(first - ports.wallMs()).toBeLessThanOrEqual(180_000);
    at(ports.wallMs() + 100_000);
    look();
    expect(until()).toBeGreaterThan(first);
    appendMany(folder.store, [saleItem({ sequence: 1 })]);
    look();
    expect([phase(), isArmed(), updates?.status().vetoes]).toEqual(["staged", false, ["sale"]]);
    at(ports.wallMs() + 10 * 60_000);
    look();
    expect(isArmed()).toBe(true);
    updates?.noteActivity();
    look();
    expect(isArmed()).toBe(false);
  });

  it("is not armed by an agent that starts, whatever was before, until it has looked", async () => {
    start();
    await updates?.check();
    at(NIGHT_MS);
    look();
    expect(isArmed()).toBe(true);
    await restart();
    expect([phase(), isArmed()]).toEqual(["staged", false]);
  });

  it("is thrown away by a person's no, and not taken again; the next one is", async () => {
    start();
    await updates?.check();
    expect(updates?.decline().state).toMatchObject({ phase: { kind: "none" }, last: { ending: "declined" } });
    expect(readdirSync(updatesFolder(folder.dir))).toEqual([]);
    expect((await updates?.check())?.state).toMatchObject({ phase: { kind: "none" }, check: { code: "update.refused" } });
    const next = madeRelease("1.1.1", Buffer.from("better"));
    publish(place, next, Buffer.from("better"), keys);
    expect((await updates?.check())?.state).toMatchObject({ phase: { kind: "staged", release: next }, check: { code: null } });
  });

  it("gives way to a newer one, also when it was armed", async () => {
    start();
    await updates?.check();
    at(NIGHT_MS);
    look();
    const next = madeRelease("1.2.0", Buffer.from("newer"));
    publish(place, next, Buffer.from("newer"), keys);
    await updates?.check();
    expect([updates?.status().state.phase, isStaged(folder.dir, next)]).toMatchObject([{ kind: "armed", release: next }, true]);
    expect(readFileSync(armedFile(folder.dir), "utf8")).toContain(next.file.sha256);
  });

  it("that is in place is over, however it came there", async () => {
    start();
    await updates?.check();
    await restart({ version: "1.1.0" });
    expect(updates?.status().state).toMatchObject({ phase: { kind: "none" }, floor: { version: "1.1.0" } });
    expect(existsSync(stagedFolder(folder.dir))).toBe(false);
  });

  it("cannot be looked for without keys or a place, and says so", async () => {
    start({ trust: undefined });
    await expect(updates?.check()).rejects.toMatchObject({ code: "update.none-configured" });
    expect(updates?.status().isConfigured).toBe(false);
  });

  it("that cannot be fetched is told once, with its code", async () => {
    writeFileSync(join(place, release.file.name), "short");
    start();
    await updates?.check();
    await updates?.check();
    expect(updates?.status().state.check).toMatchObject({ code: "update.unreachable", failures: 2 });
    expect(logged.filter((fields) => "code" in fields)).toHaveLength(1);
  });
});

it("takes no room from sales: the disk must have some eight times the file and more", async () => {
  const needed = bytes.length * 8 + 256 * 1024 * 1024;
  let free = needed - 1;
  start({ freeBytes: () => free });
  expect((await updates?.check())?.state).toMatchObject({ phase: { kind: "downloading" }, check: { code: "store.disk-full" } });
  expect(existsSync(join(updatesFolder(folder.dir), "download"))).toBe(false);
  free = needed;
  expect((await updates?.check())?.state.phase.kind).toBe("staged");
});

describe("what the root job says", () => {
  it("ends an update that failed for good, is told to staff for days, and once", async () => {
    start();
    await updates?.check();
    tell({ result: "installing" });
    look();
    expect([phase(), updates?.waiting()]).toEqual(["installing", null]);
    await restart();
    expect(phase()).toBe("installing");
    tell({ result: "reverted", code: "update.reverted" });
    look();
    expect(updates?.problem()).toEqual({ code: "update.reverted", detail: "1.1.0" });
    expect((await updates?.check())?.state).toMatchObject({ phase: { kind: "none" }, check: { code: "update.refused" } });
    at(ports.wallMs() + 4 * 86_400_000);
    expect(updates?.problem()).toBeNull();
  });

  it("is heard by an agent that was stopped before it knew, and that which was refused is tried again", async () => {
    start();
    tell({ result: "reverted", code: "update.reverted", sha256: "a".repeat(64), version: "1.0.9" });
    look();
    expect(updates?.status().state.last).toMatchObject({ ending: "reverted", version: "1.0.9" });
    await updates?.check();
    tell({ result: "refused", code: "update.expired" });
    look();
    expect(phase()).toBe("none");
    expect(updates?.problem()).toMatchObject({ code: "update.expired" });
    await updates?.check();
    look();
    expect(phase()).toBe("staged");
  });

  it("is nothing where it is a link, too long or of another shape", async () => {
    start();
    await updates?.check();
    for (const text of ["", "{}", "x".repeat(20_000), JSON.stringify({ result: "reverted" })]) {
      writeFileSync(outcomeFile(state), text);
      look();
      expect(phase()).toBe("staged");
    }
  });

  it("is asked for after three weeks by a person, where no hour was found", async () => {
    start();
    await updates?.check();
    at(NOW_MS + 22 * 86_400_000);
    expect(updates?.problem()).toEqual({ code: "update.overdue", detail: "1.1.0" });
  });
});

describe("a wrong clock", () => {
  it("of 1970 arms nothing, expires nothing and harms nothing", async () => {
    start();
    await updates?.check();
    ports.wallErrorMs -= NOW_MS - 3 * 3_600_000;
    look();
    expect(updates?.status().vetoes).toContain("clock");
    expect([isArmed(), isStaged(folder.dir, release)]).toEqual([false, true]);
    expect((await updates?.check())?.state.check.code).toBeNull();
    // The cloud says what time it is: noon, not the night that the clock shows.
    signs = { ...signs, offsetMs: ports.wallMs() - NOW_MS };
    look();
    expect(updates?.status().vetoes).toEqual(["open"]);
  });

  it("of 2038 takes nothing new, and the right one takes it again", async () => {
    ports.wallErrorMs += 12 * 365 * 86_400_000;
    start();
    expect((await updates?.check())?.state).toMatchObject({ phase: { kind: "none" }, check: { code: "update.expired" } });
    ports.wallErrorMs -= 12 * 365 * 86_400_000;
    expect((await updates?.check())?.state.phase.kind).toBe("staged");
  });

  it("that was set an hour ago or less is no reason to call it night, unless the cloud says so", async () => {
    start();
    await updates?.check();
    look();
    ports.wallErrorMs += NIGHT_MS - NOW_MS;
    look();
    expect(updates?.status().vetoes).toEqual(["clock"]);
    signs = { ...signs, offsetMs: 0 };
    look();
    expect(updates?.status().vetoes).toEqual([]);
    signs = { ...signs, offsetMs: null };
    ports.monotonic += 3_600_000;
    look();
    expect(updates?.status().vetoes).toEqual([]);
  });
});

it("keeps nobody from selling where the disk takes no word of it", async () => {
  start();
  await updates?.check();
  at(NIGHT_MS);
  look();
  await updates?.stop();
  folder.restart();
  folder.store.db.exec("CREATE TRIGGER full BEFORE INSERT ON update_state BEGIN SELECT raise(abort, 'full'); END");
  start();
  expect(isArmed()).toBe(false);
  look();
  await updates?.check();
  expect([isArmed(), logged.some((fields) => "err" in fields)]).toEqual([false, true]);
  folder.store.db.exec("DROP TRIGGER full");
  await restart();
  look();
  expect(isArmed()).toBe(true);
});

describe("power cuts", () => {
  /** Fails for good at the n-th thing that is done: each write of the state, before and after, and each piece of the file. */
  function cutAt(n: number): Partial<UpdatesDeps> & { passed: () => number } {
    let count = 0;
    const pass = (): void => {
      count += 1;
      if (count > n) throw new Error("power cut");
    };
    const feed = folderFeed(place);
    const cut: Feed = {
      ...feed,
      open: async (...args) => {
        pass();
        const { fromByte, chunks } = await feed.open(...args);
        const pieces = async function* (): AsyncIterable<Uint8Array> {
          for await (const chunk of chunks) {
            pass();
            yield chunk;
          }
        };
        return { fromByte, chunks: pieces() };
      },
    };
    const store = {
      ...folder.store,
      prepare: ((text: string) => {
        if (text === "BEGIN IMMEDIATE" || text === "COMMIT") pass();
        const statement = folder.store.prepare(text);
        return text === "COMMIT" ? { run: () => (statement.run(), pass()) } : statement;
      }) as typeof folder.store.prepare,
    };
    return { store, config: () => ({ feed: () => cut, checkHours: 6, stateFolder: state }), passed: () => count };
  }

  it("at every step leave one truth: not there or wholly there, and the next look ends the work", async () => {
    let cuts = 0;
    for (let n = 0; ; n += 1) {
      const { passed, ...other } = cutAt(n);
      let survived = false;
      try {
        start(other);
        survived = (await updates?.check())?.state.phase.kind === "staged" && passed() <= n;
      } catch {
        // The cut.
      }
      await updates?.stop();
      folder.restart();
      start();
      const before = phase();
      expect(isArmed()).toBe(false);
      if (before === "staged") expect(isStaged(folder.dir, release)).toBe(true);
      await updates?.check();
      expect([phase(), isStaged(folder.dir, release)]).toEqual(["staged", true]);
      expect(readdirSync(updatesFolder(folder.dir))).toEqual(["staged"]);
      if (survived) break;
      cuts += 1;
      await updates?.stop();
      rmSync(updatesFolder(folder.dir), { recursive: true });
      folder.store.db.exec("DELETE FROM update_state");
    }
    expect(cuts).toBeGreaterThan(8);
  });

  it("in the middle of putting a folder in place are mended too, and a folder that somebody touched is fetched again", async () => {
    start();
    await updates?.check();
    const staged = stagedFolder(folder.dir);
    const spoils: (() => void)[] = [
      () => rmSync(staged, { recursive: true }),
      () => rmSync(join(staged, "roots.json")),
      () => writeFileSync(join(staged, "extra"), ""),
      () => writeFileSync(join(staged, "package"), bytes.subarray(1)),
      () => (renameSync(join(staged, "package"), join(state, "package")), mkdirSync(join(staged, "package"))),
    ];
    for (const spoil of spoils) {
      spoil();
      await restart();
      expect(phase()).toBe("none");
      await updates?.check();
      expect([phase(), isStaged(folder.dir, release)]).toEqual(["staged", true]);
    }
  });
});

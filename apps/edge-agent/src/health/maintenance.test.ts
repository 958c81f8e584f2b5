import { afterEach, beforeEach, expect, it } from "vitest";
import { openTestFolder, type TestFolder } from "../store/testing/open-test-folder.ts";
import { openMaintenance, type Maintenance } from "./maintenance.ts";

const HOUR_MS = 3_600_000;
let folder: TestFolder;
let monotonicMs: number;
let maintenance: Maintenance;
let logged: object[];

const open = (): void => {
  const note = (fields: object): void => void logged.push(fields);
  maintenance = openMaintenance({
    store: folder.store,
    ports: { monotonicMs: () => monotonicMs },
    log: { info: note, warn: note, error: note },
  });
};
/** Both clocks go on. */
const pass = (ms: number): void => {
  monotonicMs += ms;
  folder.wallMs += ms;
};
const restart = (offForMs = 0): void => {
  folder.restart();
  folder.wallMs += offForMs;
  monotonicMs = 7;
  open();
};

beforeEach(() => {
  folder = openTestFolder();
  [monotonicMs, logged] = [500, []];
  open();
});
afterEach(() => folder.remove());

it("pauses with a reason, and ends by itself to the millisecond", () => {
  expect(maintenance.pause()).toBeNull();
  maintenance.begin(HOUR_MS, "till swap");
  const sinceMs = folder.wallMs;
  expect(maintenance.pause()).toEqual({ sinceMs, untilMs: sinceMs + HOUR_MS, reason: "till swap" });
  pass(HOUR_MS - 1);
  expect(maintenance.pause()).not.toBeNull();
  pass(1);
  expect(maintenance.pause()).toBeNull();
  expect(logged).toEqual([
    { reason: "till swap", forMs: HOUR_MS },
    { reason: "till swap", how: "its time is over" },
  ]);
});

it("is not forgotten by a restart, nor does a restart begin it anew", () => {
  maintenance.begin(HOUR_MS, "till swap");
  pass(HOUR_MS / 2);
  maintenance.check();
  restart(60_000);
  expect(maintenance.pause()).toMatchObject({ reason: "till swap" });
  pass(HOUR_MS / 2 - 60_000);
  expect(maintenance.pause()).toBeNull();
  restart();
  expect(maintenance.pause()).toBeNull();
});

it("ends when a person wants it to, and is replaced by another", () => {
  maintenance.begin(HOUR_MS, "one");
  maintenance.begin(2 * HOUR_MS, "two");
  expect(maintenance.pause()).toMatchObject({ reason: "two", untilMs: folder.wallMs + 2 * HOUR_MS });
  maintenance.end();
  maintenance.end();
  expect(maintenance.pause()).toBeNull();
  restart();
  expect(maintenance.pause()).toBeNull();
});

it("is not prolonged by a clock that is set back, not even with restarts", () => {
  maintenance.begin(HOUR_MS, "till swap");
  pass(HOUR_MS / 2);
  maintenance.check();
  folder.wallMs -= 365 * 24 * HOUR_MS;
  expect(maintenance.pause()).toMatchObject({ untilMs: folder.wallMs + HOUR_MS / 2 });
  restart();
  pass(HOUR_MS / 2 - 1);
  expect(maintenance.pause()).not.toBeNull();
  pass(1);
  expect(maintenance.pause()).toBeNull();
});

it("ends early where the clock is set ahead: nothing stays unread for it", () => {
  maintenance.begin(HOUR_MS, "till swap");
  folder.wallMs += HOUR_MS;
  expect(maintenance.pause()).toBeNull();
});

it("does not begin where it cannot be kept, and ends all the same", () => {
  maintenance.begin(HOUR_MS, "till swap");
  folder.store.db.exec("CREATE TRIGGER full BEFORE DELETE ON meta BEGIN SELECT RAISE(ABORT, 'full'); END");
  maintenance.end();
  expect(maintenance.pause()).toBeNull();
  folder.store.db.exec("CREATE TRIGGER full2 BEFORE UPDATE ON meta BEGIN SELECT RAISE(ABORT, 'full'); END");
  expect(() => maintenance.begin(HOUR_MS, "again")).toThrow();
  expect(maintenance.pause()).toBeNull();
});

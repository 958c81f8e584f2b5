import { afterEach, beforeEach, expect, it } from "vitest";
import { openTestFolder, type TestFolder } from "../store/testing/open-test-folder.ts";
import type { UpstreamState } from "../replicator/upstream-status.ts";
import { LINE_EVENTS_MAX, listLineHistory, openLineHistory, type LineHistory } from "./line-history.ts";
import { watchLine } from "./watch-line.ts";

let folder: TestFolder;
let history: LineHistory;
const warned: object[] = [];
const log = { info: () => {}, warn: (fields: object) => void warned.push(fields), error: () => {} };

const open = (): void => {
  history = openLineHistory(folder.store, log);
};
/** The latest first: event, code, how long it lasted. */
const rows = (limit = 20): unknown[] =>
  listLineHistory(folder.store, limit).rows.map(({ event, code, lastedMs }) => [event, code, lastedMs]);

beforeEach(() => {
  folder = openTestFolder();
  warned.length = 0;
  open();
});
afterEach(() => folder.remove());

it("tells how long the line was so, and what still is", () => {
  history.note("offline", { code: "wire.unreachable" });
  folder.wallMs += 90_000;
  history.note("online");
  history.note("clock", { code: "clock.wrong" });
  folder.wallMs += 10;
  history.close("clock");
  history.note("woke", { lastedMs: 28_800_000 });
  expect(rows()).toEqual([
    ["woke", null, 28_800_000],
    ["clock", "clock.wrong", 10],
    ["online", null, null],
    ["offline", "wire.unreachable", 90_000],
    ["started", null, null],
  ]);
});

it("tells an end from a death, which the next start finds", () => {
  history.note("online");
  folder.wallMs += 5_000;
  history.note("stopped");
  folder.wallMs += 1_000;
  folder.restart();
  open();
  history.note("online");
  folder.wallMs += 60_000;
  history.alive();
  folder.wallMs += 7_000;
  folder.restart();
  open();
  expect(rows()).toEqual([
    ["started", null, null],
    ["died", null, 7_000],
    ["online", null, 60_000],
    ["started", null, 60_000],
    ["stopped", null, 1_000],
    ["online", null, 5_000],
    ["started", null, 5_000],
  ]);
});

it("never counts backwards when a clock is set back", () => {
  history.note("offline");
  folder.wallMs -= 1e9;
  history.note("online");
  expect(rows(2)).toEqual([
    ["online", null, null],
    ["offline", null, 0],
  ]);
});

it(`keeps ${LINE_EVENTS_MAX} rows, and pages through them`, () => {
  folder.store.db
    .prepare(
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) INSERT INTO line_event (at_ms, event, lasted_ms) SELECT i, 'online', 1 FROM n",
    )
    .run(LINE_EVENTS_MAX - 1);
  expect(listLineHistory(folder.store, 1, 2).rows).toMatchObject([{ n: 1, event: "started" }]);
  history.note("offline");
  expect(folder.store.db.prepare("SELECT count(*) AS n FROM line_event").get()).toEqual({ n: LINE_EVENTS_MAX });
  expect(listLineHistory(folder.store, 1, 2)).toEqual({ rows: [], more: false });
  const first = listLineHistory(folder.store, 200);
  expect([first.rows.length, first.more]).toEqual([200, true]);
  expect(listLineHistory(folder.store, 200, first.rows.at(-1)?.n).rows[0]?.n).toBe(first.rows.at(-1)!.n - 1);
});

it("does not fail the agent where the disk takes nothing", () => {
  folder.store.db.exec("CREATE TRIGGER full BEFORE INSERT ON line_event BEGIN SELECT RAISE(ABORT, 'full'); END");
  history.note("offline");
  expect(warned).toHaveLength(1);
});

it("hears of changes alone: not of each sale, not of the first second, not of each failed try", () => {
  let line: { state: UpstreamState; lastError: { code: string; at: number } | null } = { state: "offline", lastError: null };
  let clock: { offsetMs: number | null; code: "clock.wrong" | null } = { offsetMs: null, code: null };
  const watch = watchLine({ line: () => line, clock: () => clock, now: () => folder.wallMs, history });
  const goes = (state: UpstreamState, code?: string): void => {
    line = { state, lastError: code === undefined ? line.lastError : { code, at: 1 } };
    folder.wallMs += 1_000;
    watch.look();
  };
  goes("offline");
  expect(watch.sinceMs()).toBeNull();
  goes("online");
  const since = folder.wallMs;
  goes("sending");
  goes("online");
  expect(watch.sinceMs()).toBe(since);
  goes("offline", "wire.unreachable");
  goes("offline", "wire.deadline");
  goes("offline", "wire.sign-in");
  goes("blocked", "auth.revoked");
  goes("not-enrolled");
  clock = { offsetMs: 9e6, code: "clock.wrong" };
  goes("online");
  clock = { offsetMs: 1, code: null };
  goes("online");
  expect(rows()).toEqual([
    ["clock", "clock.wrong", 1_000],
    ["online", null, null],
    ["not-enrolled", "enrol.required", 1_000],
    ["blocked", "auth.revoked", 1_000],
    ["offline", "wire.sign-in", 1_000],
    ["offline", "wire.unreachable", 2_000],
    ["online", null, 3_000],
    ["started", null, null],
  ]);
});

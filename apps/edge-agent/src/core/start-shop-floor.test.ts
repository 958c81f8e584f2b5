import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Intake } from "../intake/serve-intake.ts";
import { listLineHistory } from "../health/line-history.ts";
import { openMaintenance } from "../health/maintenance.ts";
import type { Reference } from "../reference/start-reference.ts";
import { openReferenceStore } from "../reference/store/open-reference-store.ts";
import type { Uplink } from "../replicator/start-uplink.ts";
import { FakePorts } from "../replicator/testing/fake-ports.ts";
import type { FolderWatches } from "../sources/watch-folders.ts";
import { openTestFolder, type TestFolder } from "../store/testing/open-test-folder.ts";
import { startShopFloor, type ShopFloor } from "./start-shop-floor.ts";

let folder: TestFolder;
let ports: FakePorts & { bootMs: () => number };
let asleepMs: number;
let woken: string[];
let floor: ShopFloor;
let close: () => void;

beforeEach(() => {
  folder = openTestFolder();
  asleepMs = 0;
  ports = Object.assign(new FakePorts(), { bootMs: () => ports.monotonic + asleepMs });
  woken = [];
  const reference = openReferenceStore(folder.dir, { now: ports.wallMs });
  const nothing = (): void => {};
  const log = { info: nothing, warn: nothing, error: nothing };
  const store = { ...folder.store, now: () => ports.wallMs() + asleepMs };
  const maintenance = openMaintenance({ store, ports, log });
  floor = startShopFloor({
    store,
    guard: folder.guard,
    openReader: () => Promise.reject(new Error("nothing is read here")),
    ports,
    log,
    maintenance,
    uplink: {
      line: () => ({ state: "online", lastError: null }),
      clock: () => ({ offsetMs: 0, code: null }),
      enrolment: () => undefined,
      wake: () => void woken.push("line"),
    } as unknown as Uplink,
    reference: {
      store: reference,
      line: () => ({ state: "live", asOfMs: null, code: null }),
      wake: () => void woken.push("reference"),
    } as unknown as Reference,
    sources: {
      snapshot: () => [],
      config: () => ({}),
      rescan: () => (woken.push("sources"), Promise.resolve()),
    } as unknown as FolderWatches,
    intake: (() => null) satisfies Intake["status"],
    updates: () => null,
    updateProblem: () => null,
  });
  close = () => reference.close();
});
afterEach(() => {
  floor.stop();
  close();
  folder.remove();
});

const tick = (times = 1): void => {
  for (let i = 0; i < times; i += 1) ports.fireNext();
};
const events = (): string[] => listLineHistory(folder.store, 50).rows.map(({ event }) => event);

describe("a machine", () => {
  it("that stays awake is left alone", () => {
    tick(200);
    expect(woken).toEqual([]);
    expect(events()).toEqual(["online", "started"]);
  });

  it("that has slept has its line, its prices and its sources looked at within a second", () => {
    tick(3);
    asleepMs = 8 * 3_600_000;
    tick();
    expect(woken).toEqual(["line", "reference", "sources"]);
    expect(listLineHistory(folder.store, 1).rows).toMatchObject([{ event: "woke", lastedMs: 8 * 3_600_000 + 1_000 }]);
    tick(10);
    expect(woken).toHaveLength(3);
  });

  it("whose clock was set has them looked at too, and did not sleep", () => {
    tick();
    ports.wallErrorMs = -86_400_000;
    tick();
    expect(woken).toEqual(["line", "reference", "sources"]);
    expect(events()).not.toContain("woke");
  });
});

describe("a pause", () => {
  it("is told at once, and what it held up is looked at when it ends by itself", () => {
    const { pause } = floor.handlers.pause({ forMs: 60_000, reason: "till swap" }) as { pause: unknown };
    expect(pause).toMatchObject({ reason: "till swap" });
    expect(floor.snapshot().problems.map(({ code }) => code)).toContain("source.paused");
    tick(59);
    expect(woken).toEqual([]);
    tick(2);
    expect(woken).toEqual(["sources"]);
    expect(floor.snapshot().pause).toBeNull();
  });

  it("that a person ends has the sources looked at in the same moment", () => {
    void floor.handlers.pause({ forMs: 60_000, reason: "till swap" });
    expect(floor.handlers.resume({})).toEqual({ pause: null });
    expect(woken).toEqual(["sources"]);
  });
});

it("writes that it stopped, and looks no more", () => {
  tick(2);
  floor.stop();
  expect(events()).toEqual(["stopped", "online", "started"]);
  expect(ports.fireNext()).toBe(false);
});

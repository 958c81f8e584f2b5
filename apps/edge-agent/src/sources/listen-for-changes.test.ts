import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { BURST_NAMES_MAX, listenForChanges, type Listener } from "./listen-for-changes.ts";

let folder: string;
let listener: Listener;
let told: (ReadonlySet<string> | "all")[];
let next: PromiseWithResolvers<void>;
const heard = async (): Promise<void> => {
  await next.promise;
  next = Promise.withResolvers();
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tillsync-listen-"));
  told = [];
  next = Promise.withResolvers();
  listener = listenForChanges(folder, (names) => {
    told.push(names);
    next.resolve();
  });
});
afterEach(() => {
  listener.stop();
  rmSync(folder, { recursive: true, force: true });
});

it("tells a burst once, by name", async () => {
  for (const name of ["b.xml", "a.xml", "b.xml"]) writeFileSync(join(folder, name), name);
  await heard();
  expect(told).toEqual([new Set(["a.xml", "b.xml"])]);
});

it.each([
  [BURST_NAMES_MAX, false],
  [BURST_NAMES_MAX + 1, true],
])("of %i names in a burst all are told, one more is the whole folder", async (count, whole) => {
  for (let n = 0; n < count; n += 1) writeFileSync(join(folder, `${n}.xml`), "");
  await heard();
  expect(told[0] === "all").toBe(whole);
});

it("says so when there is nothing to listen to", () => {
  expect(() => listenForChanges(join(folder, "none"), () => {})).toThrow("ENOENT");
});

it("hears of a file in the folder alone, not of one below it", async () => {
  mkdirSync(join(folder, "below"));
  await heard();
  writeFileSync(join(folder, "below", "x.xml"), "x");
  writeFileSync(join(folder, "y.xml"), "y");
  await heard();
  expect(told.at(-1)).toEqual(new Set(["y.xml"]));
});

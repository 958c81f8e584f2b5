import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadOrCreateKeys } from "../keys/key-files.ts";
import { openTestFolder, type TestFolder } from "../store/testing/open-test-folder.ts";
import { examine } from "./doctor.ts";
import { statusAtRest } from "./status-at-rest.ts";
import { openToRead } from "../store/open-to-read.ts";
import type { AgentStatus } from "./status.ts";

let folder: TestFolder;
beforeEach(() => {
  folder = openTestFolder();
  loadOrCreateKeys(folder.dir);
});
afterEach(() => {
  folder.remove();
});

const checks = (live?: AgentStatus, free = 1e12): Record<string, string | null> =>
  Object.fromEntries(examine(folder.dir, { now: () => 0, live, freeBytes: () => free }).checks.map(({ name, code }) => [name, code]));
const live = (change: Partial<AgentStatus>): AgentStatus => ({
  ...statusAtRest(folder.dir, () => openToRead(folder.dir, () => 0)),
  ...change,
});

describe("doctor", () => {
  it("finds a healthy folder healthy, beside the lock that this test holds", () => {
    expect(checks()).toEqual({
      folder: null,
      keys: null,
      config: null,
      disk: null,
      lock: "data.locked",
      database: null,
      upstream: "enrol.required",
      clock: null,
    });
  });

  it("warns before the disk is full, and fails when it is", () => {
    expect(checks(undefined, 1e6)["disk"]).toBe("store.disk-full");
    expect(examine(folder.dir, { now: () => 0, live: live({ disk: { state: "full" } }), freeBytes: () => 1e6 }).ok).toBe(false);
  });

  it("shows a wrong clock, a copied folder, open keys and a wrong configuration, each on its own", () => {
    expect(checks(live({ clock: { offsetMs: 365 * 86_400_000 } }))["clock"]).toBe("clock.wrong");
    folder.store.db.exec("INSERT INTO meta (key, value) VALUES ('copied-at-ms', '1772000000000')");
    expect(checks()["database"]).toBe("journal.copied");
    writeFileSync(join(folder.dir, "config.json"), "{");
    expect(checks()).toMatchObject({ config: "config.invalid", clock: null });
    rmSync(join(folder.dir, "keys"), { recursive: true });
    mkdirSync(join(folder.dir, "keys"));
    writeFileSync(join(folder.dir, "keys", "journal.jwk"), "{}", { mode: 0o644 });
    expect(checks()["keys"]).toBe("keys.permissions");
  });

  it("does not invent a folder", () => {
    expect(() => examine(join(folder.dir, "none"), { now: () => 0, live: undefined })).toThrow(
      expect.objectContaining({ code: "data.not-found" }),
    );
  });
});

import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { lockFolder } from "../../store/lock-folder.ts";
import { madeRoot, makeSigners, signedRoot } from "../testing/made-releases.ts";
import { runJob, type JobOptions } from "./run-job.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "tillsync-job-"));
  for (const folder of ["state", "package/bin", "install/releases/1.0.0/bin"])
    mkdirSync(join(dir, folder), { recursive: true, mode: 0o755 });
  writeFileSync(join(dir, "package", "bin", "edge-agent.mjs"), "");
});
afterEach(() => rmSync(dir, { recursive: true }));

const options = (other: Partial<JobOptions> = {}): JobOptions => ({
  dataFolder: join(dir, "data"),
  stateFolder: join(dir, "state"),
  program: join(dir, "package", "bin", "edge-agent.mjs"),
  releases: join(dir, "install"),
  starter: { program: "/bin/true" },
  now: false,
  deadlineMs: 0,
  soakMs: 0,
  tell: () => undefined,
  ...other,
});
function packageWith(kind: string): void {
  const keys = makeSigners(3);
  writeFileSync(join(dir, "package", "release-root.json"), signedRoot(madeRoot(keys), keys));
  writeFileSync(join(dir, "package", "release.json"), JSON.stringify({ package: kind, version: "1.0.0" }));
}

it("keeps its state where nobody else can write", async () => {
  packageWith("tar");
  chmodSync(join(dir, "state"), 0o775);
  await expect(runJob(options())).rejects.toMatchObject({ code: "update.rights" });
  chmodSync(join(dir, "state"), 0o755);
  await expect(runJob(options())).rejects.toMatchObject({ code: "update.install-failed", detail: "no version is in place" });
});

it("runs once at a time", async () => {
  packageWith("tar");
  const lock = lockFolder(join(dir, "state"));
  await expect(runJob(options())).rejects.toMatchObject({ code: "data.locked" });
  lock.release();
});

it("takes nothing for a package without keys, of another kind, or whose keys cannot be read", async () => {
  await expect(runJob(options())).rejects.toMatchObject({ code: "update.none-configured" });
  packageWith("deb");
  await expect(runJob(options())).rejects.toMatchObject({ code: "update.none-configured" });
  writeFileSync(join(dir, "package", "release-root.json"), "{}");
  await expect(runJob(options())).rejects.toMatchObject({ code: "update.malformed" });
  expect(existsSync(join(dir, "state", "state.json"))).toBe(false);
});

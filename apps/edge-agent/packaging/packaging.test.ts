import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makeDeb } from "./make-deb.ts";
import { makeTarball } from "./make-tarball.ts";
import { describeFiles, filesOf, layFiles, settle } from "./package-files.ts";
import { packageFolder, printNotices, readThirdParty, thirdPartiesOf } from "./third-party.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const ROOT = here("../../..");
const ANALYZE = "/usr/bin/systemd-analyze";
const EPOCH = 1_700_000_000;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tillsync-packaging-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const sha256 = (path: string): string => createHash("sha256").update(readFileSync(path)).digest("hex");
/** A small program, laid in another order, at another time and with other rights each time. */
const layProgram = (name: string, names: readonly string[], at: number, mode: number): string => {
  const path = join(folder, name, "tillsync-agent-1.0.0-linux-x64");
  mkdirSync(path, { recursive: true });
  chmodSync(path, mode);
  layFiles(
    path,
    names.map((file) => ({ path: file, text: file, ...(file.startsWith("bin") ? { kind: "program" as const } : {}) })),
  );
  for (const file of names) utimesSync(join(path, file), at, at);
  return path;
};
const [ONE, OTHER] = [
  ["bin/a", "b", "c/d"],
  ["c/d", "bin/a", "b"],
];

describe("the same sources", () => {
  it("give the same tarball, whenever, by whomever and in whatever order they were laid", async () => {
    const options = { version: "1.0.0", platform: "linux-x64", epochSeconds: EPOCH, level: 9 };
    const [a, b] = [layProgram("a", ONE, 1, 0o755), layProgram("b", OTHER, 2_000_000_000, 0o700)];
    const first = await makeTarball(a, join(folder, "a"), options);
    const hash = sha256(first);
    expect(sha256(await makeTarball(b, join(folder, "b"), options))).toBe(hash);
    // The control: another time is seen.
    expect(sha256(await makeTarball(b, join(folder, "b"), { ...options, epochSeconds: EPOCH + 1 }))).not.toBe(hash);
  });

  it.skipIf(!existsSync("/usr/bin/dpkg-deb"))("give the same .deb", () => {
    const options = { version: "1.0.0-1", arch: "x64", epochSeconds: EPOCH, compression: "xz" } as const;
    const debs = [layProgram("a", ONE, 1, 0o755), layProgram("b", OTHER, 2_000_000_000, 0o700)].map((program, i) => {
      const out = join(folder, `out-${i}`);
      mkdirSync(out);
      return sha256(makeDeb(program, join(folder, `scratch-${i}`), out, options));
    });
    expect(debs[0]).toBe(debs[1]);
  });
});

it.skipIf(!existsSync(ANALYZE))("the units of updates are understood by systemd", () => {
  const units = ["tillsync-update.service", "tillsync-update-revert.service", "tillsync-update.path", "tillsync-update.timer"];
  for (const name of units)
    writeFileSync(join(folder, name), readFileSync(here(`deb/${name}`), "utf8").replace("/usr/bin/edge-agent", "/bin/sh"));
  const { stdout, stderr } = spawnSync(ANALYZE, ["verify", "--man=no", ...units.map((name) => join(folder, name))], {
    encoding: "utf8",
  });
  expect(stdout + stderr).toBe("");
});

describe("files of a package", () => {
  it("have the rights of their kind, and are described by what is in them", () => {
    layFiles(folder, [
      { path: "bin/run", text: "x", kind: "program" },
      { path: "secret", text: "y", kind: "secret" },
      { path: "z/plain", text: "z" },
    ]);
    settle(folder, EPOCH);
    const modes = ["bin/run", "secret", "z/plain", "z"].map((path) => statSync(join(folder, path)).mode & 0o777);
    expect(modes).toEqual([0o755, 0o600, 0o644, 0o755]);
    expect(statSync(join(folder, "z")).mtimeMs).toBe(EPOCH * 1_000);
    expect(describeFiles(folder)[0]).toEqual({ path: "bin/run", bytes: 1, sha256: createHash("sha256").update("x").digest("hex") });
    expect(filesOf(folder, "to").map(({ path }) => path)).toEqual(["to/bin/run", "to/secret", "to/z/plain"]);
  });
});

describe("licences of what others made", () => {
  it("are found by where a source lies, the innermost package first", () => {
    expect(packageFolder("node_modules/zod/v4/index.js")).toBe("node_modules/zod");
    expect(packageFolder("node_modules/a/node_modules/@b/c/d.js")).toBe("node_modules/a/node_modules/@b/c");
    expect(packageFolder("apps/edge-agent/src/cli/main.ts")).toBeUndefined();
    const found = thirdPartiesOf(ROOT, [
      "node_modules/zod/index.js",
      "node_modules/zod/v4/core.js",
      "node_modules/pino/pino.js",
      "apps/x.ts",
    ]);
    expect(found.map(({ name, licence }) => [name, licence])).toEqual([
      ["pino", "MIT"],
      ["zod", "MIT"],
    ]);
    expect(found.every(({ texts }) => texts.join("").includes("Permission is hereby granted"))).toBe(true);
  });

  it("are all told, and a package that tells none stops the packing", () => {
    mkdirSync(join(folder, "bare"));
    writeFileSync(join(folder, "bare", "package.json"), '{"name":"bare","version":"1.0.0"}');
    const runtime = { version: process.versions.node, licenceFile: here(`licences/node-${process.versions.node}.txt`) };
    expect(() => printNotices([readThirdParty(join(folder, "bare"))], runtime)).toThrow("bare 1.0.0 says nothing of its licence");
    const text = printNotices(thirdPartiesOf(ROOT, ["node_modules/zod/index.js"]), runtime);
    expect(text).toMatch(/zod \d/u);
    expect(text).toContain(`Node.js ${process.versions.node}`);
    expect(() => printNotices([], { version: "1", licenceFile: join(folder, "none") })).toThrow("the licence of Node.js 1");
  });
});

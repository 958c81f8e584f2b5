import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { armedFile, stagedFolder, writeArmed } from "../stage/staged-folder.ts";
import { madeRelease, madeRoot, makeSigners, NOW_MS, signedRelease } from "../testing/made-releases.ts";
import type { Release } from "../trust/release.ts";
import { applyUpdate, type Applied, type ApplyDeps } from "./apply-update.ts";
import { readJobState } from "./job-state.ts";
import { CommandFailed } from "./run-command.ts";
import { outcomeFile, outcomeSchema, readTold } from "./outcome.ts";
import type { Proof } from "./prove-health.ts";
import { tarLayout } from "./tar-layout.ts";

const keys = makeSigners(3);
const root = madeRoot(keys);

let dir: string;
let data: string;
let state: string;
let install: string;
let bytes: Uint8Array;
let release: Release;
let wallMs: number;
let starts: string[];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "tillsync-apply-"));
  [data, state, install] = [join(dir, "data"), join(dir, "state"), join(dir, "install")];
  for (const folder of [state, join(install, "releases", "1.0.0", "bin"), stagedFolder(data)]) mkdirSync(folder, { recursive: true });
  writeFileSync(join(install, "releases", "1.0.0", "bin", "edge-agent"), "old");
  execFileSync("ln", ["-s", "releases/1.0.0", join(install, "current")]);
  [wallMs, starts] = [NOW_MS, []];
  stage("1.1.0");
});
afterEach(() => rmSync(dir, { recursive: true }));

/** A package of one file, staged and armed as the agent does it. */
function stage(version: string, content = "new"): void {
  const tree = join(dir, `tillsync-agent-${version}`);
  mkdirSync(join(tree, "bin"), { recursive: true });
  writeFileSync(join(tree, "bin", "edge-agent"), content, { mode: 0o755 });
  execFileSync("tar", ["-czf", join(dir, "p.tar.gz"), "-C", dir, `tillsync-agent-${version}`]);
  bytes = readFileSync(join(dir, "p.tar.gz"));
  release = madeRelease(version, bytes);
  writeFileSync(join(stagedFolder(data), "package"), bytes);
  writeFileSync(join(stagedFolder(data), "release.json"), signedRelease(release, keys));
  writeFileSync(join(stagedFolder(data), "roots.json"), "[]");
  writeArmed(data, { sha256: release.file.sha256, version, untilMs: wallMs + 180_000 });
}

const current = (): string => readlinkSync(join(install, "current")).replace("releases/", "");
const running = (): string => readFileSync(join(install, "current", "bin", "edge-agent"), "utf8");
const told = () => readTold(outcomeFile(state), outcomeSchema);
const script = (): string => join(state, "revert.sh");

const deps = (other: Partial<ApplyDeps> = {}): ApplyDeps => ({
  dataFolder: data,
  stateFolder: state,
  layout: tarLayout(install, {
    restart: async () => void starts.push(current()),
    command: `echo restarted`,
  }),
  root,
  platform: "linux",
  arch: "x64",
  now: false,
  wallMs: () => (wallMs += 1),
  readSources: async () => ["pos"],
  prove: async () => ({ kind: "healthy" }),
  tell: () => undefined,
  ...other,
});
const apply = (other: Partial<ApplyDeps> = {}): Promise<Applied> => applyUpdate(deps(other));
const ill: ApplyDeps["prove"] = async () => ({ kind: "ill", why: "it exits" });

describe("the root job", () => {
  it("puts a healthy version in place and keeps the one before", async () => {
    expect(await apply()).toEqual({ kind: "committed", version: "1.1.0" });
    expect([current(), running(), starts]).toEqual(["1.1.0", "new", ["1.1.0"]]);
    expect(existsSync(join(install, "releases", "1.0.0"))).toBe(true);
    expect(told()).toMatchObject({ result: "committed", sha256: release.file.sha256, code: null });
    expect(readJobState(state, "")).toMatchObject({ step: { kind: "idle" }, floor: { version: "1.1.0" } });
    expect(existsSync(script())).toBe(false);
    expect(statSync(outcomeFile(state)).mode & 0o777).toBe(0o644);
    expect(statSync(join(state, "state.json")).mode & 0o077).toBe(0);
  });

  it("takes an ill one back, never takes it again, and tells", async () => {
    expect(await apply({ prove: ill })).toEqual({ kind: "reverted", version: "1.1.0" });
    expect([current(), running(), starts]).toEqual(["1.0.0", "old", ["1.1.0", "1.0.0"]]);
    expect(told()).toMatchObject({ result: "reverted", code: "update.reverted" });
    await expect(apply()).rejects.toMatchObject({ code: "update.refused" });
    // What the agent may not have heard yet is still there to hear.
    expect(told()).toMatchObject({ result: "reverted", code: "update.reverted" });
    stage("1.1.1");
    expect((await apply()).kind).toBe("committed");
  });

  it("does nothing without the agent's word, with an old one, or with one too good to be true", async () => {
    rmSync(armedFile(data));
    expect(await apply()).toEqual({ kind: "nothing" });
    for (const untilMs of [wallMs - 1, wallMs + 86_400_000]) {
      writeArmed(data, { sha256: release.file.sha256, version: "1.1.0", untilMs });
      expect(await apply()).toEqual({ kind: "nothing" });
    }
    expect([current(), told()]).toEqual(["1.0.0", undefined]);
    expect((await apply({ now: true })).kind).toBe("committed");
  });

  it("refuses what was not armed, and no keeps nobody from running", async () => {
    writeArmed(data, { sha256: "0".repeat(64), version: "1.1.0", untilMs: wallMs + 60_000 });
    await expect(apply()).rejects.toMatchObject({ code: "update.tampered" });
    expect([current(), told()?.result, existsSync(script())]).toEqual(["1.0.0", "refused", false]);
  });

  it("goes back from a package that cannot be installed, and gives it up after the third time", async () => {
    const broken = () => ({ layout: { ...deps().layout, install: async () => Promise.reject(new CommandFailed("dpkg: no space")) } });
    expect(await apply(broken())).toEqual({ kind: "failed", version: "1.1.0" });
    expect(told()).toMatchObject({ result: "refused", code: "update.install-failed" });
    expect((await apply(broken())).kind).toBe("failed");
    expect((await apply(broken())).kind).toBe("reverted");
    await expect(apply()).rejects.toMatchObject({ code: "update.refused" });
    expect(current()).toBe("1.0.0");
  });

  it("takes no package without a program in it", async () => {
    const tree = join(dir, "empty");
    mkdirSync(join(tree, "x"), { recursive: true });
    execFileSync("tar", ["-czf", join(dir, "p.tar.gz"), "-C", tree, "."]);
    bytes = readFileSync(join(dir, "p.tar.gz"));
    release = madeRelease("1.1.0", bytes);
    writeFileSync(join(stagedFolder(data), "package"), bytes);
    writeFileSync(join(stagedFolder(data), "release.json"), signedRelease(release, keys));
    writeArmed(data, { sha256: release.file.sha256, version: "1.1.0", untilMs: wallMs + 60_000 });
    expect((await apply()).kind).toBe("failed");
    expect(running()).toBe("old");
  });

  it("leaves what runs alone where both versions are bad, and calls for a person", async () => {
    const prove = async (): Promise<Proof> => {
      rmSync(join(install, "releases", "1.0.0"), { recursive: true });
      return { kind: "ill", why: "it exits" };
    };
    await expect(apply({ prove })).rejects.toMatchObject({ code: "update.revert-failed" });
    expect([current(), running()]).toEqual(["1.1.0", "new"]);
    expect(told()).toMatchObject({ result: "stuck", code: "update.revert-failed" });
    rmSync(armedFile(data));
    expect(await apply()).toEqual({ kind: "nothing" });
  });

  it("guesses nothing from a state that it cannot read", async () => {
    writeFileSync(join(state, "state.json"), "{");
    await expect(apply()).rejects.toMatchObject({ code: "update.malformed" });
    expect(current()).toBe("1.0.0");
  });
});

describe("power cuts of the root job", () => {
  class PowerCut extends Error {}
  const cut = (at: number): { passed: (point: string) => void; points: string[] } => {
    const points: string[] = [];
    return {
      points,
      passed: (point) => {
        points.push(point);
        if (points.length > at) throw new PowerCut();
      },
    };
  };

  it.each([
    ["healthy", undefined, "1.1.0", "committed"],
    ["ill", ill, "1.0.0", "reverted"],
  ] as const)("at every step of a %s update lead to the same end", async (_, prove, version, result) => {
    let seen: string[] = [];
    for (let at = 0; ; at += 1) {
      const { passed, points } = cut(at);
      const how = prove === undefined ? {} : { prove };
      const applied = await apply({ ...how, passed }).catch((error: unknown) => {
        expect(error).toBeInstanceOf(PowerCut);
      });
      // Whenever the power goes, there is a version that runs.
      expect(["old", "new"]).toContain(running());
      if (applied !== undefined) break;
      seen = points;
      // The next run of the job, after the machine has come back.
      await apply(how).catch((error: unknown) => expect(error).toMatchObject({ code: "update.refused" }));
      expect([current(), told()?.result, existsSync(script()), readJobState(state, "").step.kind]).toEqual([
        version,
        result,
        false,
        "idle",
      ]);
      for (const name of ["state.json", "outcome.json"]) rmSync(join(state, name), { force: true });
      execFileSync("ln", ["-sfn", "releases/1.0.0", join(install, "current")]);
      stage("1.1.0");
      rmSync(join(state, "incoming"), { recursive: true, force: true });
    }
    expect(seen).toEqual(
      prove === undefined
        ? ["script", "installing", "installed", "probation", "restarted", "proven", "told", "committed"]
        : ["script", "installing", "installed", "probation", "restarted", "proven", "reverting", "back", "reverted"],
    );
  });

  it("again and again do not keep a bad version for ever", async () => {
    const passed = (point: string): void => {
      if (point === "proven") throw new PowerCut();
    };
    for (let i = 0; i < 3; i += 1) await expect(apply({ passed })).rejects.toBeInstanceOf(PowerCut);
    expect((await apply({ passed })).kind).toBe("reverted");
    expect([current(), told()?.result]).toEqual(["1.0.0", "reverted"]);
  });

  it("leave a script that brings the version before back, though no part of the new one runs", async () => {
    await apply({ passed: cut(4).passed }).catch(() => undefined);
    expect(current()).toBe("1.1.0");
    expect(execFileSync("/bin/sh", [script()], { encoding: "utf8" })).toBe("restarted\n");
    expect([current(), existsSync(script())]).toEqual(["1.0.0", false]);
    // The version before runs the job then, and finds what was done.
    expect((await apply()).kind).toBe("reverted");
    expect([current(), told()?.result, existsSync(`${script()}.done`)]).toEqual(["1.0.0", "reverted", false]);
  });

  it("with the proven copy gone bad end at the version before", async () => {
    await apply({ passed: cut(1).passed }).catch(() => undefined);
    writeFileSync(join(state, "incoming", "package.tar.gz"), "bad disk");
    expect((await apply()).kind).toBe("reverted");
    expect(running()).toBe("old");
  });
});

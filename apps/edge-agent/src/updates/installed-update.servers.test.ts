import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { packageCore } from "../../packaging/package-core.ts";
import { canInstall, cleanMachine, movedAside } from "../../packaging/testing/clean-machine.ts";
import { startUnit, type RunningUnit } from "../../packaging/testing/installed-unit.ts";
import { dpkg, must, run } from "../../packaging/testing/tools.ts";
import { poslogDay } from "../core/testing/poslog-day.ts";
import type { AgentStatus } from "../health/status.ts";
import type { Applied } from "./apply/apply-update.ts";
import type { UpdatesStatus } from "./start-updates.ts";
import { madeRelease, madeRoot, makeSigners, publish, signedRoot } from "./testing/made-releases.ts";

const DPKG_DEB = "/usr/bin/dpkg-deb";
const DATA = "/var/lib/tillsync";
const STATE = "/var/lib/tillsync-update";
const UNIT = "/usr/lib/systemd/system/tillsync-agent.service";
const APPLY =
  readFileSync(new URL("../../packaging/deb/tillsync-update.service", import.meta.url), "utf8").match(/^ExecStart=(.*)$/mu)?.[1] ?? "";
const closed = { mon: [], tue: [], wed: [], thu: [], fri: [], sat: [], sun: [] };

describe.skipIf(!canInstall())(
  "the agent's own .deb, updated by its root job (as root, with dpkg, where no agent is installed; systemd's part by the test)",
  () => {
    const keys = makeSigners(3);
    const before = movedAside();
    let folder: string;
    let first: string;
    let unit: RunningUnit | undefined;

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), "tillsync-updated-"));
      chmodSync(folder, 0o755);
      for (const name of ["window", "pos", "place"]) mkdirSync(join(folder, name), { mode: 0o755 });
      writeFileSync(join(folder, "window", "index.html"), "<!doctype html>");
      writeFileSync(join(folder, "window", "third-party-licences.md"), "");
      writeFileSync(join(folder, "1.root.json"), signedRoot(madeRoot(keys), keys));
      const made = await packageCore({
        window: join(folder, "window"),
        releaseRoot: join(folder, "1.root.json"),
        fast: true,
        out: join(folder, "made"),
        kinds: ["deb"],
        revision: 1,
      });
      first = made[0] ?? "";
      await dpkg(["-i", first]);
      const source = {
        name: "pos",
        kind: "folder",
        path: join(folder, "pos"),
        adapter: "poslog",
        rescanMs: 200,
        quietMs: 100,
        patienceMs: 400,
      };
      writeFileSync(
        join(DATA, "config.json"),
        JSON.stringify({ sources: [source], ballastBytes: 0, updates: { folder: join(folder, "place") }, trading: { weekly: closed } }),
      );
      chownSync(join(DATA, "config.json"), statSync(DATA).uid, statSync(DATA).gid);
      unit = await startUnit(UNIT);
    });
    afterAll(async () => {
      await unit?.stop();
      await cleanMachine(before);
      rmSync(STATE, { recursive: true, force: true });
      rmSync(folder, { recursive: true, force: true });
    });

    // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- names what the command prints
    const ask = async <T>(...args: string[]): Promise<T> => JSON.parse((await run(["edge-agent", ...args, "--json"])).stdout) as T;
    const updates = (action: string): Promise<UpdatesStatus> => ask<UpdatesStatus>("updates", action);
    async function until(what: string, condition: () => Promise<boolean>): Promise<void> {
      for (let i = 0; i < 200; i += 1) {
        if (await condition().catch(() => false)) return;
        await delay(150);
      }
      throw new Error(`${what} did not come to pass:\n${unit?.log().slice(-2_000)}`);
    }
    const captured = (n: number): Promise<void> =>
      until(`${n} sales`, async () => {
        const status = await ask<AgentStatus>("status");
        return status.running && status.captured.transactions === n;
      });
    function sell(name: string, sales: number): void {
      const day = poslogDay({ sales, workstation: name });
      writeFileSync(join(folder, "pos", `till-${name}.xml`), day.opening + day.records.join("") + day.closing);
    }

    /** The same package as another version, which works or ends at its start; signed and published. */
    function offer(version: string, works: boolean): void {
      const tree = join(folder, `tree-${version}`);
      execFileSync(DPKG_DEB, ["-R", first, tree]);
      const home = join(tree, "usr/lib/tillsync");
      const control = join(tree, "DEBIAN/control");
      writeFileSync(control, readFileSync(control, "utf8").replace(/^Version: .*$/mu, `Version: ${version}-1`));
      for (const name of readdirSync(join(home, "dist")).filter((name) => name.endsWith(".mjs"))) {
        const path = join(home, "dist", name);
        writeFileSync(path, readFileSync(path, "utf8").replaceAll(`version:"${manifest.version}"`, `version:"${version}"`));
      }
      if (!works) writeFileSync(join(home, "bin", "edge-agent.mjs"), "process.exit(1);\n");
      const deb = join(folder, `tillsync-agent_${version}-1_amd64.deb`);
      execFileSync(DPKG_DEB, ["--root-owner-group", "-Znone", "--build", tree, deb], { stdio: "ignore" });
      const bytes = readFileSync(deb);
      rmSync(tree, { recursive: true });
      const now = Date.now();
      const made = madeRelease(version, bytes, {
        arch: process.arch as "x64",
        package: "deb",
        releasedAt: new Date(now - 60_000).toISOString(),
        expires: new Date(now + 86_400_000).toISOString(),
      });
      const release = { ...made, file: { ...made.file, name: `tillsync-agent_${version}-1_amd64.deb` } };
      publish(join(folder, "place"), release, bytes, keys);
    }

    /** Runs the job's unit as root, and does meanwhile what systemd does when the package's scripts ask: a new start. */
    async function apply(version: string, deadlineS: number): Promise<{ code: number; applied: Applied }> {
      const [file = "", ...args] = APPLY.split(" ");
      const child = spawn(file, [...args, "--now", "--json", "--deadline", String(deadlineS), "--soak", "1"], {
        stdio: ["ignore", "pipe", "pipe"],
      });
      const text = { out: "", err: "" };
      child.stdout.on("data", (chunk) => (text.out += String(chunk)));
      child.stderr.on("data", (chunk) => (text.err += String(chunk)));
      const ended = once(child, "close") as Promise<[number]>;
      await until(`${version} is on probation: ${text.err}`, async () => text.err.includes("on probation"));
      await unit?.stop();
      unit = await startUnit(UNIT);
      const [code] = await ended;
      return { code, applied: JSON.parse(text.out) as Applied };
    }

    it("takes a good version, takes a bad one back from what dpkg had left of the one before, and keeps every sale", async () => {
      sell("1", 20);
      await captured(20);
      offer("0.2.0", true);
      expect((await updates("check")).state.phase).toMatchObject({ kind: "staged", release: { version: "0.2.0" } });
      expect(await apply("0.2.0", 60)).toEqual({ code: 0, applied: { kind: "committed", version: "0.2.0" } });
      expect(await must(["dpkg-query", "-W", "-f", "${Version}", "tillsync-agent"])).toBe("0.2.0-1");
      sell("2", 10);
      await captured(30);
      expect((await updates("status")).state.last).toMatchObject({ ending: "committed", version: "0.2.0" });

      offer("0.3.0", false);
      expect((await updates("check")).state.phase.kind).toBe("staged");
      expect(await apply("0.3.0", 5)).toEqual({ code: 1, applied: { kind: "reverted", version: "0.3.0" } });
      expect(await must(["dpkg-query", "-W", "-f", "${Version} ${db:Status-Status}", "tillsync-agent"])).toBe("0.2.0-1 installed");
      await unit?.stop();
      unit = await startUnit(UNIT);
      sell("3", 5);
      await captured(35);
      expect((await updates("status")).state.last).toMatchObject({ ending: "reverted", version: "0.3.0", code: "update.reverted" });
      expect((await updates("check")).state.check.code).toBe("update.refused");
      expect([statSync(STATE).uid, statSync(join(STATE, "outcome.json")).mode & 0o777]).toEqual([0, 0o644]);
    });
  },
);

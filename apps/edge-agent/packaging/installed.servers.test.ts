import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runJson, start, type Running } from "../../../simulation/src/world/programs.ts";
import { dropFile, printTillFiles } from "../../../simulation/src/world/shop.ts";
import type { CloudStatus, EdgeStatus } from "../../../simulation/src/world/statuses.ts";
import { until } from "../../../simulation/src/world/until.ts";
import { hasChromium, openBrowser, openPage } from "../desktop/src/testing/open-browser.ts";
import { builtWindow } from "../desktop/src/testing/built-window.ts";
import { planInstall } from "../src/service/install-service.ts";
import { thisMachine } from "../src/service/machine.ts";
import { planPurge, planRemove, refuseUnsent } from "../src/service/remove-service.ts";
import { performSteps, type Step } from "../src/service/steps.ts";
import { packageCore } from "./package-core.ts";
import { canInstall, cleanMachine, movedAside } from "./testing/clean-machine.ts";
import { startUnit, type RunningUnit } from "./testing/installed-unit.ts";
import { repack } from "./testing/repack.ts";
import { pathWithout } from "./testing/path-without.ts";
import { dpkg, must, PLAIN_ENV, run, type RunOptions } from "./testing/tools.ts";

const DATA = "/var/lib/tillsync";
const SETPRIV = "/usr/bin/setpriv";
const OWN_UNIT = "/etc/systemd/system/tillsync-agent.service";
const UNIT = "/usr/lib/systemd/system/tillsync-agent.service";
const SALES = 30;
/** The till writes two files: one before the upgrade, one after the package was away. */
const PER_FILE = 30;
/** What a small system lacks; the package's scripts then use the plain tools. */
const EXTRAS = ["adduser", "addgroup", "deluser", "delgroup", "deb-systemd-helper", "deb-systemd-invoke"];

describe.skipIf(!canInstall())(
  "the packages, installed for real (as root, with dpkg, where no agent is installed; the unit without systemd)",
  () => {
    const before = movedAside();
    const till = printTillFiles({ seed: "packaged", workstation: "1", sales: SALES, perFile: PER_FILE });
    let folder: string;
    let pos: string;
    let packages: { first: string; second: string; tarball: string };
    let cloud: Running;
    let unit: RunningUnit | undefined;
    const cloudArgs = (): string[] => ["--data", join(folder, "cloud")];
    const dropped: string[] = [];

    const status = async (options: RunOptions = {}): Promise<EdgeStatus> =>
      JSON.parse(await must(["edge-agent", "status", "--json"], options)) as EdgeStatus;
    const cloudStatus = (): Promise<CloudStatus> => runJson<CloudStatus>("cloud", ["status", ...cloudArgs()]);
    const modeOf = (path: string): string => (statSync(path).mode & 0o7777).toString(8);
    /** Writes the next of the till's files. */
    const sell = (): void => {
      const name = `till-${dropped.length}.xml`;
      dropFile(pos, name, till.files[dropped.length] ?? "");
      dropped.push(name);
    };
    const sent = async (count: number): Promise<EdgeStatus> => {
      const isSafe = (found: EdgeStatus): boolean =>
        found.captured.transactions === count && found.upstreams.every(({ state, pending }) => state === "online" && pending === 0);
      const ask = (): ReturnType<typeof run> => run(["edge-agent", "status", "--json"]);
      // Before the agent has made the folder's database, the command says that there is none.
      await until(`${count} sales are safe`, ask, ({ code, stdout }) => code === 0 && isSafe(JSON.parse(stdout) as EdgeStatus), 60_000);
      return status();
    };
    const configure = (dir: string): void => {
      const source = { name: "pos", kind: "folder", path: pos, adapter: "poslog", pattern: "*.xml", rescanMs: 300, quietMs: 150 };
      writeFileSync(join(dir, "config.json"), JSON.stringify({ sources: [source], ballastBytes: 0 }));
    };
    const enrol = async (terminal: string, ...command: [string, ...string[]]): Promise<void> => {
      const { code } = await runJson<{ code: string }>("cloud", ["enrol-code", ...cloudArgs(), "--store", "S001", "--terminal", terminal]);
      await must([...command, "enrol", "--cloud", String(cloud.ready["url"]), "--code", code]);
    };

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), "tillsync-installed-"));
      chmodSync(folder, 0o755);
      pos = join(folder, "pos");
      mkdirSync(pos, { mode: 0o755 });
      const window = await builtWindow();
      const made = await packageCore({
        window,
        releaseRoot: undefined,
        fast: true,
        out: join(folder, "made"),
        kinds: ["deb", "tar"],
        revision: 1,
      });
      const [tarball = "", first = ""] = made;
      const second = await repack(first, "9.9.9-1");
      packages = { first, second, tarball };
      cloud = await start("cloud", ["serve", ...cloudArgs(), "--port", "0"]);
    });
    afterAll(async () => {
      await unit?.stop();
      await cloud?.stop();
      await cleanMachine(before);
      rmSync(folder, { recursive: true, force: true });
    });

    it("brings a user without a login, a folder of its own, and nothing that anyone but root may change", async () => {
      await dpkg(["-i", packages.first]);
      const [, , uid, gid, , home, shell] = (await must(["getent", "passwd", "tillsync"])).trim().split(":");
      expect([home, shell]).toEqual([DATA, "/usr/sbin/nologin"]);
      expect(Number(uid)).toBeLessThan(1_000);
      expect(statSync(DATA)).toMatchObject({ uid: Number(uid), gid: Number(gid) });
      expect(modeOf(DATA)).toBe("700");
      expect(modeOf("/etc/default/tillsync-agent")).toBe("600");
      expect(await must(["getent", "group", "tillsync-staff"])).toContain("tillsync-staff");
      const files = (await must(["dpkg", "-L", "tillsync-agent"])).split("\n").filter((path) => /tillsync|edge-agent/u.test(path));
      expect(files.length).toBeGreaterThan(50);
      for (const path of files) expect([path, statSync(path).uid, statSync(path).mode & 0o022]).toEqual([path, 0, 0]);
      expect(await must(["dpkg", "--verify", "tillsync-agent"])).toBe("");
    });

    it("runs on its own Node.js, whatever the host has", async () => {
      const bin = join(folder, "bin");
      mkdirSync(bin);
      writeFileSync(join(bin, "node"), "#!/bin/sh\necho the wrong node >&2\nexit 99\n", { mode: 0o755 });
      const env = { PATH: `${bin}:/usr/bin:/bin`, NODE_OPTIONS: "--require=/nowhere.js", NODE_PATH: "/nowhere" };
      expect((await run(["node"], { env })).code).toBe(99);
      expect(await must(["edge-agent", "--help"], { env })).toContain("edge-agent service install");
      expect((await run(["edge-agent", "doctor", "--json"], { env })).stdout).toContain('"checks"');
      const { node, files } = JSON.parse(readFileSync("/usr/lib/tillsync/release.json", "utf8")) as {
        node: string;
        files: { path: string }[];
      };
      expect(await must(["/usr/lib/tillsync/runtime/node", "--version"])).toBe(`v${node}\n`);
      expect(files.map(({ path }) => path)).toContain("node_modules/better-sqlite3/prebuilds/linux-x64.node");
      expect(readdirSync("/usr/lib/tillsync/node_modules/better-sqlite3/prebuilds")).toHaveLength(1);
    });

    it("enrols as the service's user even when root does it, captures what the POS writes, and shows it safe", async () => {
      await enrol("till-1", "edge-agent");
      configure(DATA);
      const strangers = readdirSync(DATA, { recursive: true, withFileTypes: true }).filter(
        (entry) => entry.name !== "config.json" && statSync(join(entry.parentPath, entry.name)).uid !== statSync(DATA).uid,
      );
      expect(strangers).toEqual([]);
      unit = await startUnit(UNIT);
      sell();
      const found = await sent(PER_FILE);
      expect(found).toMatchObject({ terminalId: "till-1", epoch: 1, captured: { transactions: PER_FILE } });
      const held = await until("the cloud has them", cloudStatus, ({ transactions }) => transactions.count === PER_FILE);
      expect(held.journals).toMatchObject([{ terminalId: "till-1", seq: found.journal.seq, hash: found.journal.hash }]);
      expect(await must(["ps", "-o", "user:20=", "-p", String(unit.pid)])).toBe("tillsync\n");
      expect(await must(["edge-agent", "service", "status"]).catch(String)).toContain("answers; terminal till-1, 0 waiting");
    });

    it.skipIf(!hasChromium)("shows that all is safe in the window of a person of the staff's group, and lets nobody else in", async () => {
      const nobody = await must(["id", "-u", "nobody"]);
      const as = (group: string): [string, ...string[]] => [
        "setpriv",
        `--reuid=${nobody.trim()}`,
        `--regid=${group}`,
        "--clear-groups",
        "--no-new-privs",
      ];
      const refused = await run([...as("nogroup"), "edge-agent", "open", "--print"]);
      expect(refused.code).toBe(1);
      const open = spawn(SETPRIV, [...as("tillsync-staff").slice(1), "edge-agent", "open", "--json"], {
        env: PLAIN_ENV,
        stdio: ["ignore", "pipe", "inherit"],
      });
      const browser = await openBrowser();
      try {
        const [line] = (await once(open.stdout, "data")) as [Buffer];
        const { link } = JSON.parse(line.toString()) as { link: string };
        await using shown = await openPage(browser);
        await shown.page.goto(link);
        await shown.page.getByText("All sales are safe in the cloud.").first().waitFor({ timeout: 30_000 });
        // Chromium without Bluetooth does not know the name in the policy's header, and says so.
        expect(shown.faults.filter((fault) => !fault.includes("Unrecognized feature"))).toEqual([]);
      } finally {
        await browser.close();
        open.kill("SIGTERM");
      }
    });

    it("writes nowhere but in its own folders", async () => {
      const places = ["/tmp", "/var", "/run", "/etc", "/home", "/root", "/opt", "/srv", "/dev/shm", "/usr/lib/tillsync"].filter(existsSync);
      const found = (await run(["find", ...places, "-xdev", "-user", "tillsync"])).stdout.trim().split("\n");
      const elsewhere = found.filter((path) => !/^(\/var\/lib|\/run)\/tillsync(\/|$)/u.test(path));
      expect(elsewhere).toEqual([]);
      // The control: what it keeps is found.
      expect(found).toEqual(expect.arrayContaining([join(DATA, "agent.sqlite"), "/run/tillsync/control.sock"]));
    });

    it("lets one agent have the folder", async () => {
      const second = await startUnit(UNIT);
      expect(await second.exited).toBe(1);
      expect(second.log()).toContain("data.locked");
      expect((await status()).upstreams[0]?.state).not.toBe("offline");
    });

    it("keeps data, settings and the running agent through an upgrade, and goes on with the new program", async () => {
      writeFileSync("/etc/default/tillsync-agent", "NO_PROXY=127.0.0.1\n", { mode: 0o600 });
      const kept = await status();
      await dpkg(["-i", "--force-confold", packages.second]);
      expect((await status()).journal).toEqual(kept.journal);
      expect(readFileSync("/etc/default/tillsync-agent", "utf8")).toBe("NO_PROXY=127.0.0.1\n");
      await unit?.stop();
      unit = await startUnit(UNIT);
      expect(await must(["dpkg-query", "-W", "tillsync-agent"])).toContain("9.9.9-1");
      const found = await sent(PER_FILE);
      expect([found.epoch, found.journal]).toEqual([kept.epoch, kept.journal]);
    });

    it("keeps the data when it is removed, and goes on in the same journal when it is back", async () => {
      await unit?.stop();
      const kept = (await status()).journal;
      const said = await dpkg(["-r", "tillsync-agent"]);
      expect(said).not.toContain("does not have yet");
      expect(existsSync("/usr/lib/tillsync")).toBe(false);
      expect(existsSync(join(DATA, "agent.sqlite"))).toBe(true);
      await dpkg(["-i", packages.second]);
      unit = await startUnit(UNIT);
      sell();
      const found = await sent(till.expected.transactions);
      expect(found.epoch).toBe(1);
      expect(found.journal.seq).toBeGreaterThan(kept.seq);
      await until("the cloud has all", cloudStatus, ({ transactions }) => transactions.count === till.expected.transactions);
    });

    it("never deletes what the cloud does not have: purging moves it away, and says so", async () => {
      await unit?.stop();
      // The line is cut, and a sale comes in.
      const poslog = printTillFiles({ seed: "late", workstation: "2", sales: 3, perFile: 10 });
      dropFile(join(folder, "late"), "late.xml", poslog.files[0] ?? "");
      copyFileSync(join(folder, "late", "late.xml"), join(pos, "late.xml"));
      await must(["edge-agent", "capture", "--adapter", "poslog", join(pos, "late.xml")]);
      expect((await status()).upstreams[0]?.pending).toBeGreaterThan(0);
      const said = await dpkg(["-P", "tillsync-agent"]);
      expect(said).toContain("holds sales that the cloud does not have yet");
      const moved = movedAside().filter((path) => !before.includes(path));
      expect(moved).toHaveLength(1);
      expect(said).toContain(`were moved to ${moved[0]}`);
      expect([existsSync(join(moved[0] ?? "", "agent.sqlite")), existsSync(DATA), modeOf(moved[0] ?? "")]).toEqual([true, false, "700"]);
      expect(statSync(moved[0] ?? "").uid).toBe(0);
    });

    it("installs and is purged on a system without adduser and systemd's tools, and leaves nothing", async () => {
      const options = { env: { PATH: pathWithout(join(folder, "small"), EXTRAS) } };
      await dpkg(["-i", packages.first], options);
      expect((await must(["getent", "passwd", "tillsync"])).trim()).toMatch(/:\/usr\/sbin\/nologin$/u);
      expect([modeOf(DATA), statSync(DATA).uid]).toEqual(["700", Number(await must(["id", "-u", "tillsync"]))]);
      await must(["edge-agent", "capture", "--adapter", "poslog", join(pos, "none.xml")]).catch(() => "");
      const moved = movedAside();
      await dpkg(["-P", "tillsync-agent"], options);
      expect(movedAside()).toEqual(moved);
      for (const path of [DATA, "/usr/lib/tillsync", "/usr/bin/edge-agent", "/etc/default/tillsync-agent", "/run/tillsync"])
        expect([path, existsSync(path)]).toEqual([path, false]);
      for (const name of ["tillsync", "tillsync-staff"]) expect((await run(["getent", "group", name])).code).not.toBe(0);
      expect((await run(["getent", "passwd", "tillsync"])).code).not.toBe(0);
    });

    it("becomes a service from the tarball: accounts, folder and unit for real, systemctl left out", async () => {
      const opt = join(folder, "opt");
      mkdirSync(opt);
      await must(["tar", "-xzf", packages.tarball, "-C", opt]);
      const root = join(opt, readdirSync(opt)[0] ?? "");
      const spec = {
        node: join(root, "runtime/node"),
        entry: join(root, "bin/edge-agent.mjs"),
        data: DATA,
        runAs: { user: "tillsync", staffGroup: "tillsync-staff" },
      };
      const machine = { ...thisMachine(), exists: (path: string) => path === "/run/systemd/system" || existsSync(path) };
      const withoutSystemctl = (steps: readonly Step[]): Step[] =>
        steps.filter((step) => step.do !== "run" || step.argv[0] !== "systemctl");
      const wish = { spec, access: { groups: ["nogroup"], home: true }, replace: false, wrapper: undefined, printOnly: false };
      await performSteps(withoutSystemctl(await planInstall(wish, machine)));
      try {
        expect([modeOf(DATA), statSync(DATA).uid]).toEqual(["700", Number(await must(["id", "-u", "tillsync"]))]);
        expect(readFileSync(`${OWN_UNIT}.d/50-sources.conf`, "utf8")).toContain("SupplementaryGroups=nogroup");
        const poslog = printTillFiles({ seed: "tarball", workstation: "3", sales: 3, perFile: 10 });
        rmSync(pos, { recursive: true });
        dropFile(pos, "tarball.xml", poslog.files[0] ?? "");
        configure(DATA);
        unit = await startUnit(OWN_UNIT);
        await until(
          "the file is captured",
          () => run([join(root, "bin/edge-agent"), "status", "--data", DATA, "--json"]),
          ({ stdout }) => stdout.includes(`"transactions":${poslog.expected.transactions}`),
        );
        await unit.stop();
        await performSteps(withoutSystemctl(planRemove({ spec, wrapper: undefined }, machine)));
        expect([existsSync(OWN_UNIT), existsSync(`${OWN_UNIT}.d`), existsSync(join(DATA, "agent.sqlite"))]).toEqual([false, false, true]);
        await expect(refuseUnsent(spec, machine)).rejects.toMatchObject({ code: "service.unsent" });
      } finally {
        await performSteps(withoutSystemctl(planRemove({ spec, wrapper: undefined }, { ...machine, read: () => "ExecStart=x" })));
        await performSteps(planPurge(spec, machine));
      }
      expect([existsSync(DATA), (await run(["getent", "passwd", "tillsync"])).code === 0]).toEqual([false, false]);
    });

    it("runs from the tarball too, in any folder and as anyone", async () => {
      const opt = join(folder, "opt");
      const data = join(folder, "own");
      mkdirSync(data, { mode: 0o700 });
      const program = join(opt, readdirSync(opt)[0] ?? "", "bin/edge-agent");
      configure(data);
      const nobody = Number(await must(["id", "-u", "nobody"]));
      for (const path of [data, join(data, "config.json")]) chownSync(path, nobody, nobody);
      const as = ["setpriv", `--reuid=${nobody}`, `--regid=${nobody}`, "--clear-groups", "--no-new-privs"] as const;
      await must([...as, program, "capture", "--data", data, "--adapter", "poslog", join(pos, "tarball.xml")]);
      expect(JSON.parse(await must([...as, program, "status", "--data", data, "--json"]))).toMatchObject({
        captured: { revisions: 0, transactions: expect.any(Number) },
      });
      expect((await run([program, "service", "install", "--data", data, "--print"])).stdout).toContain(
        `/bin/edge-agent.mjs run --data ${data}`,
      );
      if (!existsSync("/run/systemd/system"))
        expect((await run([program, "service", "install", "--data", data])).stderr).toContain("service.no-manager");
    });
  },
);

import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { planInstall, type InstallWish } from "./install-service.ts";
import { installedUnit, managerOf, type Machine } from "./machine.ts";
import { refuseWritableProgram } from "./program-safety.ts";
import { planPurge, planRemove, refuseUnsent } from "./remove-service.ts";
import { printServiceStatus, readServiceStatus, readShow } from "./service-status.ts";
import type { ServiceSpec } from "./service-spec.ts";
import { performSteps, printSteps } from "./steps.ts";
import { systemdUnit } from "./systemd-unit.ts";

let dir: string;
let spec: ServiceSpec;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "tillsync-service-"));
  spec = { node: "/bin/sh", entry: "/bin/sh", data: join(dir, "data"), runAs: { user: "tillsync", staffGroup: "tillsync-staff" } };
});
afterEach(() => {
  rmSync(dir, { recursive: true });
});

/** A Linux machine that is run by systemd, as root sees it. */
const machine = (over: Partial<Machine> & { files?: Record<string, string> } = {}): Machine => ({
  platform: "linux",
  uid: 0,
  home: "/root",
  exists: (path) => path === "/run/systemd/system",
  read: (path) => over.files?.[path],
  ask: async () => undefined,
  ...over,
});
const wish = (over: Partial<InstallWish> = {}): InstallWish => ({
  spec,
  access: { groups: [], home: false },
  replace: false,
  wrapper: undefined,
  printOnly: false,
  ...over,
});
const coded = (code: string): unknown => expect.objectContaining({ code });
const OWN = "/etc/systemd/system/tillsync-agent.service";
const PACKAGED = "/usr/lib/systemd/system/tillsync-agent.service";

describe("installing with systemd", () => {
  it("makes user, folder and unit, then starts it; a second time it makes no user", async () => {
    const steps = await planInstall(wish(), machine());
    expect(steps.map((step) => (step.do === "run" ? step.argv.join(" ") : `${step.do} ${step.path}`))).toEqual([
      "groupadd --system --force tillsync",
      "groupadd --system --force tillsync-staff",
      `useradd --system --gid tillsync --home-dir ${spec.data} --no-create-home --shell /usr/sbin/nologin tillsync`,
      `folder ${spec.data}`,
      `chown -R --no-dereference tillsync:tillsync ${spec.data}`,
      `write ${OWN}`,
      "delete /etc/systemd/system/tillsync-agent.service.d/50-sources.conf",
      "systemctl daemon-reload",
      "systemctl enable tillsync-agent.service",
      "systemctl restart tillsync-agent.service",
    ]);
    const again = await planInstall(wish(), machine({ files: { [OWN]: systemdUnit(spec) }, ask: async () => "990\n" }));
    expect(printSteps(again)).not.toContain("useradd");
    expect(printSteps(again)).toContain("systemctl restart");
  });

  it("leaves what a package brought, and adds only what is of this machine", async () => {
    const packaged = machine({ files: { [PACKAGED]: systemdUnit(spec) } });
    const text = printSteps(await planInstall(wish({ access: { groups: ["pos"], home: true } }), packaged));
    expect(text).toContain("SupplementaryGroups=pos\nProtectHome=read-only");
    expect(text).not.toMatch(/useradd|chown|ExecStart/u);
    expect(() => planRemove({ spec, wrapper: undefined }, packaged)).toThrow(coded("service.packaged"));
  });

  it("takes nothing's place unasked", async () => {
    const other = machine({ files: { [OWN]: systemdUnit({ ...spec, entry: "/opt/older/bin/edge-agent.mjs" }) } });
    await expect(planInstall(wish(), other)).rejects.toMatchObject({ code: "service.other-program" });
    expect(printSteps(await planInstall(wish({ replace: true }), other))).toContain("ExecStart=/bin/sh /bin/sh run");
    mkdirSync(spec.data);
    writeFileSync(join(spec.data, "letters.txt"), "");
    const here = machine({ exists: (path) => path === "/run/systemd/system" || path === spec.data });
    await expect(planInstall(wish(), here)).rejects.toMatchObject({ code: "usage.invalid" });
    writeFileSync(join(spec.data, "config.json"), "{}");
    expect(await planInstall(wish(), here)).not.toEqual([]);
  });

  it("needs root, or is a person's own", async () => {
    await expect(planInstall(wish(), machine({ uid: 1000 }))).rejects.toMatchObject({ code: "service.not-root" });
    const own = { ...spec, runAs: null };
    const text = printSteps(await planInstall(wish({ spec: own }), machine({ uid: 1000, home: "/home/eva" })));
    expect(text).toContain("# /home/eva/.config/systemd/user/tillsync-agent.service");
    expect(text).toContain("systemctl --user enable tillsync-agent.service");
    expect(text).not.toMatch(/useradd|chown/u);
  });

  it("says where there is no manager, and still prints what one would get", async () => {
    const bare = machine({ exists: () => false });
    await expect(planInstall(wish(), bare)).rejects.toMatchObject({ code: "service.no-manager" });
    expect(() => planRemove({ spec, wrapper: undefined }, bare)).toThrow(coded("service.no-manager"));
    expect(printSteps(await planInstall(wish({ printOnly: true }), bare))).toContain("[Service]");
  });
});

describe("removing", () => {
  it("stops it and keeps the data, which is deleted by a step of its own", () => {
    const steps = printSteps(planRemove({ spec, wrapper: undefined }, machine({ files: { [OWN]: systemdUnit(spec) } })));
    expect(steps).toContain("systemctl disable --now tillsync-agent.service");
    expect(steps).not.toContain(spec.data);
    expect(printSteps(planPurge(spec, machine()))).toContain(`# delete ${spec.data}\n# run userdel tillsync`);
    expect(() => planRemove({ spec, wrapper: undefined }, machine())).toThrow(coded("service.not-installed"));
  });

  it("refuses to delete what only this machine has, and what nobody can read", async () => {
    const database = join(spec.data, "agent.sqlite");
    const with_ = (said: string | undefined): Machine => machine({ exists: (path) => path === database, ask: async () => said });
    await refuseUnsent(spec, machine());
    await refuseUnsent(spec, with_('{"upstreams":[{"pending":0},{"pending":0}]}'));
    for (const said of ['{"upstreams":[{"pending":0},{"pending":3}]}', '{"upstreams":[]}', "{}", "no JSON", undefined])
      await expect(refuseUnsent(spec, with_(said)), said).rejects.toMatchObject({ code: "service.unsent" });
  });
});

describe("on other systems", () => {
  it("asks launchd, for a user that must be there", async () => {
    const mac = machine({ platform: "darwin" });
    await expect(planInstall(wish(), mac)).rejects.toMatchObject({ code: "service.user-missing" });
    const text = printSteps(await planInstall(wish(), { ...mac, ask: async () => "300\n" }));
    expect(text).toContain("# run launchctl bootstrap system /Library/LaunchDaemons/tillsync-agent.plist");
    expect(printSteps(planRemove({ spec, wrapper: undefined }, mac))).toContain("# run launchctl bootout system/tillsync-agent");
  });

  it("gives WinSW its description, and the service an account without rights", async () => {
    const windows = machine({ platform: "win32", uid: -1 });
    await expect(planInstall(wish(), windows)).rejects.toMatchObject({ code: "usage.invalid" });
    const text = printSteps(await planInstall(wish({ wrapper: "C:\\Tillsync\\tillsync-agent.exe" }), windows));
    expect(text).toContain("# C:\\Tillsync\\tillsync-agent.xml\n<service>");
    expect(text).toContain("obj= NT SERVICE\\tillsync-agent");
    expect(printSteps(planRemove({ spec, wrapper: "w.exe" }, windows))).toContain("# run w.exe uninstall");
    expect(managerOf(machine({ platform: "freebsd", exists: () => false }))).toBeUndefined();
  });
});

describe("the program", () => {
  it("must be in nobody else's hands, all the way up", () => {
    const rights = (uid: number, mode: number, isDirectory = true) => ({ uid, mode, isDirectory: () => isDirectory });
    const look = (odd: string, with_: ReturnType<typeof rights>) => (path: string) => (path === odd ? with_ : rights(0, 0o755));
    const file = join(dir, "program");
    writeFileSync(file, "");
    expect(() => refuseWritableProgram(file, look("", rights(0, 0o755)))).not.toThrow();
    expect(() => refuseWritableProgram(file, look(dir, rights(0, 0o1777)))).not.toThrow();
    for (const bad of [rights(1000, 0o755), rights(0, 0o775), rights(0, 0o757)])
      for (const at of [dir, file, "/"])
        expect(() => refuseWritableProgram(file, look(at, bad))).toThrow(coded("service.program-writable"));
    expect(() => refuseWritableProgram(file, look(file, rights(0, 0o1777, false)))).toThrow(coded("service.program-writable"));
    chmodSync(file, 0o777);
    expect(() => refuseWritableProgram(file)).toThrow(coded("service.program-writable"));
  });
});

describe("steps", () => {
  it("are done in order, and say which tool refused", async () => {
    const file = join(dir, "a", "unit");
    await performSteps([
      { do: "write", path: file, text: "x" },
      { do: "run", argv: ["false"], orElse: "go-on" },
    ]);
    await expect(performSteps([{ do: "run", argv: ["ls", join(dir, "none")] }])).rejects.toMatchObject({
      code: "service.manager-failed",
      detail: expect.stringContaining("No such file"),
    });
    await performSteps([{ do: "delete", path: join(dir, "a") }]);
    await expect(performSteps([{ do: "run", argv: ["cat", file] }])).rejects.toMatchObject({ code: "service.manager-failed" });
  });
});

describe("status", () => {
  it("tells what the manager says, and that no agent answers", async () => {
    const said = "LoadState=loaded\nActiveState=active\nSubState=running\nUnitFileState=enabled\nNRestarts=2\n";
    const found = await readServiceStatus(spec.data, false, machine({ files: { [OWN]: systemdUnit(spec) }, ask: async () => said }));
    expect(found).toMatchObject({
      installed: true,
      packaged: false,
      state: "active (running)",
      enabled: true,
      restarts: 2,
      user: "tillsync",
      agent: null,
    });
    expect(printServiceStatus(found)).toMatch(/active \(running\).*\n.*as user tillsync\nAgent {6}does not answer/u);
    expect(readShow("LoadState=not-found\nActiveState=inactive\n")).toEqual({ state: null, enabled: null, restarts: null });
  });

  it("tells where nothing is installed and nothing runs", async () => {
    const found = await readServiceStatus(spec.data, false, machine({ exists: () => false }));
    expect(found).toMatchObject({ manager: null, installed: false, agent: null });
    expect(installedUnit(machine(), false)).toBeUndefined();
  });
});

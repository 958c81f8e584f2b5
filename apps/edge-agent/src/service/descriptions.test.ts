import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TillsyncError } from "@tillsync/sync-protocol";
import { array, assert, property, string } from "fast-check";
import { describe, expect, it } from "vitest";
import { accountName, systemdPath, systemdWord } from "./escape-systemd.ts";
import { xmlText } from "./escape-xml.ts";
import { launchdPlist } from "./launchd-plist.ts";
import { readUnit, readWords } from "./read-unit.ts";
import type { ServiceSpec } from "./service-spec.ts";
import { sourceAccess } from "./source-access.ts";
import { systemdDropIn } from "./systemd-drop-in.ts";
import { systemdUnit } from "./systemd-unit.ts";
import { winswXml } from "./winsw-xml.ts";

/** `systemd-analyze security` counts from 0 (shut in) to 10; what is left of ours is the network and the compiler of JavaScript. */
const EXPOSURE_MAX = 2;

const spec: ServiceSpec = {
  node: "/usr/lib/tillsync/runtime/node",
  entry: "/usr/lib/tillsync/bin/edge-agent.mjs",
  data: "/var/lib/tillsync",
  runAs: { user: "tillsync", staffGroup: "tillsync-staff" },
};
const refused = expect.objectContaining({ code: "service.name-unsafe" }) as TillsyncError;
const ANALYZE = "/usr/bin/systemd-analyze";
const hasAnalyze = existsSync(ANALYZE);

function analyze(unit: string, ...args: string[]): { status: number | null; text: string } {
  const folder = mkdtempSync(join(tmpdir(), "tillsync-unit-"));
  try {
    const path = join(folder, "tillsync-agent.service");
    writeFileSync(path, unit);
    const { status, stdout, stderr } = spawnSync(ANALYZE, [...args, path], { encoding: "utf8" });
    return { status, text: stdout + stderr };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
/** A unit whose program exists on every machine, so that only its settings are judged. */
const runnable = (wish: ServiceSpec): string => systemdUnit({ ...wish, node: "/bin/sh" });
const exposure = (unit: string): number =>
  Number(/exposure level for \S+: ([\d.]+)/u.exec(analyze(unit, "security", "--offline=yes", "--no-pager").text)?.[1] ?? Number.NaN);

describe("the systemd unit", () => {
  it("starts the program as its own user, in its own folders, and again whenever it ends", () => {
    const unit = readUnit(systemdUnit(spec));
    expect(unit.get("ExecStart")).toEqual([`${spec.node} ${spec.entry} run --data /var/lib/tillsync --staff-door /run/tillsync`]);
    expect(Object.fromEntries(unit)).toMatchObject({
      User: ["tillsync"],
      Group: ["tillsync-staff"],
      SupplementaryGroups: ["tillsync"],
      StateDirectory: ["tillsync"],
      StateDirectoryMode: ["0700"],
      RuntimeDirectory: ["tillsync"],
      RuntimeDirectoryMode: ["0750"],
      CapabilityBoundingSet: [""],
      ProtectSystem: ["strict"],
      Restart: ["always"],
      LimitCORE: ["0"],
    });
    expect(unit.has("ReadWritePaths")).toBe(false);
    expect(readUnit(systemdUnit({ ...spec, data: "/srv/till data" })).get("ReadWritePaths")).toEqual(['"/srv/till data"']);
  });

  it("of one person names no user and no folder of the system", () => {
    const text = systemdUnit({ ...spec, data: "/home/eva/till", runAs: null });
    expect(text).toContain("WantedBy=default.target");
    expect(text).not.toMatch(/User=|ProtectSystem|RuntimeDirectory|staff-door/u);
  });

  it.skipIf(!hasAnalyze)("is understood by systemd, odd paths included", () => {
    for (const wish of [spec, { ...spec, data: '/srv/a b%h$HOME"\\' }, { ...spec, runAs: null }]) {
      const { text } = analyze(runnable(wish), "verify", "--man=no", "--recursive-errors=one");
      // Older systemds do not know these two and keep to RestartSec; they say so.
      const said = text.split("\n").filter((line) => line !== "" && !/Unknown key (name )?'Restart(Steps|MaxDelaySec)'/u.test(line));
      expect(said).toEqual([]);
    }
    expect(analyze(runnable(spec).replace("Restart=always", "Restart=allways"), "verify", "--man=no").text).toContain("allways");
  });

  it.skipIf(!hasAnalyze)(`leaves an exposure of at most ${EXPOSURE_MAX} by systemd's own count`, () => {
    expect(exposure(runnable(spec))).toBeLessThanOrEqual(EXPOSURE_MAX);
    const open = runnable(spec).replace(/^(NoNewPrivileges|CapabilityBoundingSet|SystemCallFilter)=.*\n/gmu, "");
    expect(exposure(open)).toBeGreaterThan(EXPOSURE_MAX);
  });
});

describe("what a path or a name may do to a description", () => {
  const text = string({ unit: "grapheme", minLength: 1, maxLength: 40 });
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  const isClean = (value: string): boolean => !/[\u0000-\u001F\u007F]/u.test(value);

  it("is nothing: a word is read back as it was, and a line stays one line", () => {
    assert(
      property(array(text.filter(isClean), { minLength: 1, maxLength: 4 }), (words) => {
        const line = words.map(systemdWord).join(" ");
        expect(line).not.toContain("\n");
        expect(readWords(line)).toEqual(words);
      }),
    );
    // The control: unescaped, a blank and a quote change what is started.
    expect(readWords('/opt/a b"c')).not.toEqual(['/opt/a b"c']);
    expect(systemdWord("50%h $X")).toBe('"50%%h $$X"');
    expect(systemdPath("/srv/a b%$")).toBe('"/srv/a b%%$"');
  });

  it("is refused with line breaks and controls, in every format", () => {
    for (const odd of ["/a\nUser=root", "/a\rb", "/a\0b", "/a\u001bb"]) {
      for (const make of [systemdUnit, launchdPlist, winswXml]) expect(() => make({ ...spec, data: odd })).toThrow(refused);
      expect(() => systemdPath(odd)).toThrow(refused);
    }
    for (const name of ["root\nX=1", "a b", "A", "-a", "", "a".repeat(32), "%u", "1a"]) expect(() => accountName(name)).toThrow(refused);
    expect(accountName("a".repeat(31))).toHaveLength(31);
    expect(() => systemdUnit({ ...spec, runAs: { user: "root;x", staffGroup: "staff" } })).toThrow(refused);
  });

  it("is text in XML", () => {
    expect(xmlText(`<a b="c">&'`)).toBe("&lt;a b=&quot;c&quot;&gt;&amp;&apos;");
    const evil = "/x</string><key>UserName</key><string>root";
    expect(launchdPlist({ ...spec, data: evil }).match(/<key>UserName<\/key>/gu)).toHaveLength(1);
    expect(winswXml({ ...spec, data: "C:\\a & b" })).toContain("&quot;C:\\a &amp; b&quot;");
  });

  it("is no variable and no end of a word on Windows", () => {
    expect(() => winswXml({ ...spec, data: "C:\\%TEMP%\\x" })).toThrow(refused);
    expect(() => winswXml({ ...spec, entry: 'C:\\a" --evil "' })).toThrow(refused);
    expect(winswXml({ ...spec, data: "C:\\50% off\\" })).toContain("&quot;C:\\50% off\\\\&quot;");
  });
});

describe("access to what a POS writes", () => {
  it("opens home folders to be seen, adds groups, and needs nothing for others", () => {
    expect(systemdDropIn(sourceAccess(["/srv/pos"], []))).toBeUndefined();
    expect(systemdDropIn(sourceAccess(["/home/kasse/export", "/srv/pos"], ["pos", "pos"]))).toBe(
      "[Service]\nSupplementaryGroups=pos\nProtectHome=read-only\n",
    );
  });

  it("refuses folders that the service never sees", () => {
    for (const folder of ["/tmp/pos", "/var/tmp/x", "/run/pos"])
      expect(() => sourceAccess([folder], [])).toThrow(expect.objectContaining({ code: "service.folder-unfit" }));
    expect(sourceAccess(["/tmpfiles", "/homes/x"], [])).toEqual({ groups: [], home: false });
  });
});

it("makes the launchd daemon and the WinSW service as they are written down here", () => {
  expect(launchdPlist({ ...spec, runAs: { user: "_tillsync", staffGroup: "staff" } })).toMatchInlineSnapshot(`
    "<?xml version="1.0" encoding="UTF-8"?>
    <!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
    <plist version="1.0">
    <dict>
      <key>Label</key>
      <string>tillsync-agent</string>
      <key>ProgramArguments</key>
      <array><string>/usr/lib/tillsync/runtime/node</string><string>/usr/lib/tillsync/bin/edge-agent.mjs</string><string>run</string><string>--data</string><string>/var/lib/tillsync</string></array>
      <key>UserName</key>
      <string>_tillsync</string>
      <key>RunAtLoad</key>
      <true/>
      <key>KeepAlive</key>
      <true/>
      <key>ThrottleInterval</key>
      <integer>10</integer>
      <key>ExitTimeOut</key>
      <integer>15</integer>
      <key>ProcessType</key>
      <string>Background</string>
      <key>Umask</key>
      <integer>63</integer>
      <key>SoftResourceLimits</key>
      <dict><key>Core</key><integer>0</integer><key>NumberOfFiles</key><integer>8192</integer></dict>
      <key>StandardErrorPath</key>
      <string>/var/lib/tillsync/launchd.log</string>
    </dict>
    </plist>
    "
  `);
  expect(
    winswXml({
      node: "C:\\Program Files\\Tillsync\\runtime\\node.exe",
      entry: "C:\\Program Files\\Tillsync\\bin\\edge-agent.mjs",
      data: "C:\\ProgramData\\Tillsync",
      runAs: spec.runAs,
    }),
  ).toMatchInlineSnapshot(`
    "<service>
      <id>tillsync-agent</id>
      <name>Tillsync agent</name>
      <description>Keeps this store's sales and sends them to the cloud</description>
      <executable>C:\\Program Files\\Tillsync\\runtime\\node.exe</executable>
      <arguments>&quot;C:\\Program Files\\Tillsync\\bin\\edge-agent.mjs&quot; run --data C:\\ProgramData\\Tillsync</arguments>
      <startmode>Automatic</startmode>
      <stoptimeout>15 sec</stoptimeout>
      <onfailure action="restart" delay="5 sec"/>
      <onfailure action="restart" delay="15 sec"/>
      <onfailure action="restart" delay="60 sec"/>
      <resetfailure>1 day</resetfailure>
      <logpath>C:\\ProgramData\\Tillsync\\logs</logpath>
      <log mode="roll-by-size">
        <sizeThreshold>10240</sizeThreshold>
        <keepFiles>4</keepFiles>
      </log>
    </service>
    "
  `);
});

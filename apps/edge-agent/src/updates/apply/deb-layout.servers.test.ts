import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { debLayout } from "./deb-layout.ts";
import { CommandFailed } from "./run-command.ts";

const NAME = "tillsync-layout-test";
const HOME = "/usr/lib/tillsync-layout-test";
const CONFIG = "/etc/tillsync-layout-test";
const tool = (file: string, ...args: string[]): string =>
  execFileSync(file, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
const has = (file: string): boolean => spawnSync(file, ["--version"]).status === 0;
const canInstall = process.geteuid?.() === 0 && has("dpkg") && !existsSync(HOME);

let dir: string;
/** A package of the shape of ours: a program, a link, a configuration file, scripts that tell. */
function makeDeb(version: string, other: { postinst?: string } = {}): string {
  const tree = join(dir, `tree-${version}`);
  const put = (path: string, text: string, mode = 0o644): void => {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    writeFileSync(join(tree, path), text);
    chmodSync(join(tree, path), mode);
  };
  put(
    "DEBIAN/control",
    `Package: ${NAME}\nVersion: ${version}\nArchitecture: all\nMaintainer: Tillsync\nDescription: a test\n Of two lines.\n`,
  );
  put("DEBIAN/conffiles", `${CONFIG}\n`);
  put("DEBIAN/postinst", `#!/bin/sh\n${other.postinst ?? `echo ${version} >>${join(dir, "starts")}`}\n`, 0o755);
  put("DEBIAN/prerm", `#!/bin/sh\necho stopped >>${join(dir, "starts")}\n`, 0o755);
  put(`${HOME}/program`, `version ${version}`, 0o755);
  put(CONFIG, "as delivered\n");
  symlinkSync("program", join(tree, HOME, "link"));
  const file = join(dir, `${NAME}_${version}_all.deb`);
  tool("dpkg-deb", "-Znone", "--root-owner-group", "--build", tree, file);
  return file;
}
const program = (): string => readFileSync(join(HOME, "program"), "utf8");

describe.skipIf(!canInstall)("a Debian package, put in place and taken back (as root, with dpkg)", () => {
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), "tillsync-deb-"));
    tool("dpkg", "-i", makeDeb("1.0.0"));
  });
  afterAll(() => {
    tool("dpkg", "--purge", "--force-remove-reinstreq", NAME);
    rmSync(dir, { recursive: true });
  });

  it("comes back as it was: files, rights, links, scripts, and the configuration that a person has changed", async () => {
    const layout = debLayout(join(dir, "state"), NAME);
    expect(await layout.installed()).toBe("1.0.0");
    writeFileSync(CONFIG, "changed here\n");
    await layout.keep("1.0.0");
    await layout.install(makeDeb("1.1.0"), "1.1.0");
    expect([await layout.installed(), program()]).toEqual(["1.1.0", "version 1.1.0"]);
    await layout.revert("1.0.0");
    expect([await layout.installed(), program(), readFileSync(join(HOME, "link"), "utf8")]).toEqual([
      "1.0.0",
      "version 1.0.0",
      "version 1.0.0",
    ]);
    expect([statSync(join(HOME, "program")).mode & 0o7777, statSync(join(HOME, "program")).uid]).toEqual([0o755, 0]);
    expect(readFileSync(CONFIG, "utf8")).toBe("changed here\n");
    expect(readFileSync(join(dir, "starts"), "utf8").trim().split("\n")).toEqual(["1.0.0", "stopped", "1.1.0", "stopped", "1.0.0"]);
    expect(tool("dpkg", "-V", NAME)).not.toContain("program");
  });

  it("comes back from a package whose scripts fail, by the script alone too", async () => {
    const layout = debLayout(join(dir, "state"), NAME);
    const broken = makeDeb("1.2.0~rc.1", { postinst: "exit 1" });
    await expect(layout.install(broken, "1.2.0-rc.1")).rejects.toBeInstanceOf(CommandFailed);
    // Half of it: no version is in place, and the job sees that.
    expect([await layout.installed(), program()]).toEqual([undefined, "version 1.2.0~rc.1"]);
    execFileSync("/bin/sh", ["-ec", layout.revertCommands("1.0.0")], { stdio: "ignore" });
    expect([await layout.installed(), program()]).toEqual(["1.0.0", "version 1.0.0"]);
    await layout.tidy(["1.1.0"]);
    expect(existsSync(join(dir, "state", "previous"))).toBe(false);
    await expect(layout.revert("1.0.0")).rejects.toBeInstanceOf(CommandFailed);
    expect(await layout.installed()).toBe("1.0.0");
  });
});

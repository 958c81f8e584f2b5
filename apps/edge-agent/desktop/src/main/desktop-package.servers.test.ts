import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { listPackage } from "@electron/asar";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildDesktop } from "../testing/electron/build-desktop.ts";
import { driveDesktop } from "../testing/electron/start-desktop.ts";
import { makeCarrier, readFuses } from "../testing/electron/make-carrier.ts";
import { makeScriptedDoor } from "../testing/electron/scripted-door.ts";
import { snapshotNow } from "../testing/electron/shop-snapshot.ts";
import { hasChromium } from "../testing/open-browser.ts";

const DESKTOP = fileURLToPath(new URL("../../", import.meta.url));
const SEVEN_ZIP = "/usr/bin/7za";
const hasSevenZip = existsSync(SEVEN_ZIP);
const run = promisify(execFile);

/** Builds packages as people do, but for Electron's own program, which is a script here. */
describe("packages of the desktop", () => {
  let folder: string;
  const unpacked = (): string => join(folder, "packages", "linux-unpacked");
  const pack = (targets: readonly string[], ...more: string[]): Promise<unknown> => {
    const cli = join(dirname(createRequire(import.meta.url).resolve("electron-builder/package.json")), "cli.js");
    const set = [
      `-c.electronDist=${join(folder, "carrier")}`,
      `-c.directories.app=${join(folder, "app")}`,
      `-c.directories.output=${join(folder, "packages")}`,
    ];
    const env = { ...process.env, ELECTRON_BUILDER_7ZIP_PATH: SEVEN_ZIP };
    return run(process.execPath, [cli, "--linux", ...targets, "--config", "electron-builder.config.ts", ...set, ...more], {
      cwd: DESKTOP,
      env,
    });
  };
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "tsp-"));
    makeCarrier(join(folder, "carrier"));
    mkdirSync(join(folder, "app"));
    await buildDesktop(join(folder, "app"));
    cpSync(join(DESKTOP, "package.json"), join(folder, "app", "package.json"));
    await pack(["dir", ...(hasSevenZip ? ["tar.gz"] : [])]);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("hold the bundles and the pictures, and no module", () => {
    const files = listPackage(join(unpacked(), "resources", "app.asar"), { isPack: false });
    expect(files).toEqual(
      expect.arrayContaining(["/package.json", "/out/main/index.mjs", "/out/preload/index.cjs", "/out/window/index.html"]),
    );
    expect(files.filter((name) => name.endsWith(".ico"))).toHaveLength(5);
    expect(files.filter((name) => !/^\/(package\.json$|out($|\/(main|preload|window)($|\/))|icons($|\/tray($|\/)))/.test(name))).toEqual(
      [],
    );
  });

  it("have every fuse as it is wished, set by the tool that sets Electron's", () => {
    // As node, encrypted cookies, NODE_OPTIONS, --inspect, checked archive, archive only, own snapshot, file: privileges; the last is left.
    expect(readFuses(join(folder, "carrier", "electron"))).toBe("101100011");
    expect(readFuses(join(unpacked(), "tillsync-desktop"))).toBe("010011001");
  });

  it("are not built from a configuration that nobody knows", async () => {
    const said = await pack(["dir"], "-c.fuse=1").then(
      () => "built",
      ({ stdout, stderr }: { stdout: string; stderr: string }) => stdout + stderr,
    );
    expect(said).toMatch(/unknown property 'fuse'/);
  });

  it.skipIf(!hasChromium)(`run: tray and window from ${hasSevenZip ? "the tar.gz" : "the folder (no tar.gz: no 7za)"}`, async () => {
    const place = join(folder, "installed");
    mkdirSync(place);
    if (hasSevenZip) {
      const { version } = JSON.parse((await run("cat", [join(folder, "app", "package.json")])).stdout) as { version: string };
      await run("tar", ["-xzf", join(folder, "packages", `tillsync-desktop-${version}-x64.tar.gz`), "-C", place, "--strip-components=1"]);
    } else cpSync(unpacked(), place, { recursive: true });
    const door = await makeScriptedDoor({ snapshot: () => snapshotNow() });
    const env = {
      ...process.env,
      TILLSYNC_DOOR: door.folder,
      TILLSYNC_STAND_IN_USER_DATA: join(folder, "user"),
      XDG_CONFIG_HOME: folder,
      TMPDIR: folder,
    };
    const desktop = driveDesktop(spawn(join(place, "tillsync-desktop"), [], { env, stdio: ["ignore", "inherit", "pipe", "ipc"] }));
    try {
      const window = await desktop.until("window", (seen) => seen?.loaded === true && seen.title.endsWith("safe in the cloud."));
      expect(window?.visible).toBe(true);
      await expect.poll(() => desktop.inPage<string>("document.body.innerText")).toContain("All sales are safe in the cloud.");
      // No panel here: a window that is closed ends the program, and its browser.
      await Promise.all([once(desktop.child, "exit"), desktop.ask("close").catch(() => undefined)]);
      expect(desktop.child.exitCode).toBe(0);
    } finally {
      await desktop.stop();
      await door.remove();
    }
  });
});

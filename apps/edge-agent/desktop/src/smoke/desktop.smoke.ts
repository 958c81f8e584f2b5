/*
 * Run where Electron itself can be had (see .github/workflows/desktop.yml): what the stand-in of the other tests cannot show.
 * Plain Node, no test runner: it prints what held, and fails with what did not. The built program runs in Electron as it
 * comes, since in the package a fuse keeps out the inspector that drives it; of the package the fuses are looked at.
 */
import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FuseState, FuseV1Options, getCurrentFuseWire } from "@electron/fuses";
import { _electron as electron, type ElectronApplication } from "playwright-core";
import { FUSES } from "../../electron-builder.config.ts";
import { makeScriptedDoor } from "../testing/electron/scripted-door.ts";
import { snapshotNow } from "../testing/electron/shop-snapshot.ts";

const packaged = process.argv[2];
if (packaged === undefined) throw new Error("name the packaged program");

const door = await makeScriptedDoor({ snapshot: () => snapshotNow() });
const folder = mkdtempSync(join(tmpdir(), "tillsync-smoke-"));
const held = (what: string): boolean => process.stdout.write(`ok  ${what}\n`);
const env = { ...(process.env as Record<string, string>), TILLSYNC_DOOR: door.folder, XDG_CONFIG_HOME: folder };
const cwd = join(import.meta.dirname, "../..");
const started: ElectronApplication = await electron.launch({ args: [".", `--user-data-dir=${folder}`], cwd, env });
try {
  const page = await started.firstWindow();
  await page.getByText("All sales are safe in the cloud.").first().waitFor();
  held("the window shows what the agent says");

  assert.equal(await page.evaluate(() => location.href.split("#")[0]), "tillsync://window/index.html");
  assert.deepEqual(await page.evaluate(() => ["require", "process", "Buffer"].filter((name) => name in window)), []);
  assert.deepEqual(await page.evaluate(() => Object.keys((window as unknown as { tillsync: object }).tillsync)), ["ask"]);
  assert.equal(await page.evaluate(() => isSecureContext), true);
  held("its page has its own origin, the bridge, and no Node");

  const opened = await page.evaluate(() => window.open("https://example.org/") === null);
  assert.equal(opened, true);
  await page.evaluate(() => void (location.href = "https://example.org/"));
  assert.match(page.url(), /^tillsync:\/\/window\//);
  const denied = await page.evaluate(() => navigator.permissions.query({ name: "geolocation" }).then(({ state }) => state));
  assert.equal(denied, "denied");
  held("it opens no window, goes nowhere and is permitted nothing");

  const preferences = await started.evaluate(({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents as unknown as { getLastWebPreferences: () => Record<string, unknown> };
    const { sandbox, contextIsolation, nodeIntegration, webSecurity } = contents.getLastWebPreferences();
    return { sandbox, contextIsolation, nodeIntegration, webSecurity };
  });
  assert.deepEqual(preferences, { sandbox: true, contextIsolation: true, nodeIntegration: false, webSecurity: true });
  held("Electron runs it in the sandbox, isolated");
} finally {
  await started.close();
  await door.remove();
  rmSync(folder, { recursive: true, force: true });
}

const wire = await getCurrentFuseWire(packaged);
const wished = { [FuseV1Options.RunAsNode]: FUSES.runAsNode, [FuseV1Options.OnlyLoadAppFromAsar]: FUSES.onlyLoadAppFromAsar };
for (const [fuse, on] of Object.entries(wished))
  assert.equal(wire[Number(fuse) as FuseV1Options], on ? FuseState.ENABLE : FuseState.DISABLE);
const asNode = spawnSync(packaged, ["--version", "-p", "1"], { env: { ...process.env, ELECTRON_RUN_AS_NODE: "1" }, timeout: 20_000 });
assert.notEqual(asNode.stdout.toString().trim(), "1");
held("its fuses are set, and it is no Node for anyone");

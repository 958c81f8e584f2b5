import { join } from "node:path";
import { tmpdir } from "node:os";
import type { App } from "electron";
import { appEvents } from "./app-events.ts";
import { closeBrowser, openBrowser } from "./browser.ts";
import { listens } from "./emitter.ts";
import { recorded } from "./recorded.ts";
import { closeInstanceLock, instanceTold, takeInstanceLock } from "./single-instance.ts";
import { strict } from "./strict.ts";
import { windows } from "./windows.ts";

const folder = process.env["TILLSYNC_STAND_IN_USER_DATA"] ?? join(tmpdir(), `tillsync-stand-in-${process.pid}`);
let login = false;
let quitting: Promise<void> | undefined;

export const app = strict<
  App,
  | "on"
  | "enableSandbox"
  | "setAppUserModelId"
  | "requestSingleInstanceLock"
  | "whenReady"
  | "quit"
  | "getPath"
  | "getPreferredSystemLanguages"
  | "getLoginItemSettings"
  | "setLoginItemSettings"
>("app", {
  ...listens<App>(appEvents),
  enableSandbox: () => void (recorded.sandboxed = true),
  setAppUserModelId: () => undefined,
  requestSingleInstanceLock: () => takeInstanceLock(folder, (argv) => appEvents.emit("second-instance", {}, argv, process.cwd(), {})),
  whenReady: async () => void (await openBrowser()),
  quit: () => void (quitting ??= quit()),
  getPath: (name) => join(folder, name),
  getPreferredSystemLanguages: () => [process.env["TILLSYNC_STAND_IN_LOCALE"] ?? "en-US"],
  getLoginItemSettings: () => ({ openAtLogin: login }) as ReturnType<App["getLoginItemSettings"]>,
  setLoginItemSettings: ({ openAtLogin }) => void (login = openAtLogin ?? false),
});

appEvents.on("last-window-closed", () => {
  if (quitting !== undefined) return;
  if (!appEvents.emit("window-all-closed")) app.quit();
});

/** A window that will not close keeps the program, as in Electron. */
async function quit(): Promise<void> {
  appEvents.emit("before-quit", {});
  if (!windows.toReversed().every((window) => window.close())) {
    quitting = undefined;
    return;
  }
  closeInstanceLock();
  await instanceTold();
  await closeBrowser();
  process.exit(0);
}

import { app, protocol } from "electron";
import { runDesktop, type Places } from "./run-desktop.ts";
import { limitContents } from "./security/limit-contents.ts";
import { WINDOW_SCHEME } from "./security/window-origin.ts";

/** What must be said before Electron is ready; then one display per session: a second start only shows the first's window. */
export function startDesktop(places: Places): void {
  app.enableSandbox();
  app.setAppUserModelId("example.tillsync.desktop");
  protocol.registerSchemesAsPrivileged([WINDOW_SCHEME]);
  app.on("web-contents-created", (_event, contents) => limitContents(contents));
  if (!app.requestSingleInstanceLock()) {
    app.quit();
    return;
  }
  void app.whenReady().then(() => runDesktop(places));
}

/*
 * Takes the place of the module `electron` in tests: the program under test runs unchanged in Node, its windows are pages of
 * Chromium, and what it does outside of them is recorded. It has the members that our program uses and throws at any
 * other. It is not Electron: see docs/rfcs/0016 for what it cannot show.
 */
import "./remote.ts";
import type * as Real from "electron";
import { app } from "./app.ts";
import { clipboard, Menu, nativeImage, powerMonitor, protocol, screen, Tray } from "./desktop-parts.ts";
import { ipcMain } from "./ipc.ts";
import { defaultSession } from "./session.ts";
import { strict } from "./strict.ts";
import { BrowserWindow } from "./windows.ts";

const session = strict<typeof Real.session, "defaultSession">("session", { defaultSession });

({ app, BrowserWindow, clipboard, ipcMain, powerMonitor, protocol, screen, session, Tray }) satisfies Pick<
  typeof Real,
  "app" | "BrowserWindow" | "clipboard" | "ipcMain" | "powerMonitor" | "protocol" | "screen" | "session" | "Tray"
>;
({ Menu, nativeImage }) satisfies {
  Menu: Pick<typeof Real.Menu, "buildFromTemplate" | "setApplicationMenu">;
  nativeImage: Pick<typeof Real.nativeImage, "createFromPath">;
};

export { app, BrowserWindow, clipboard, ipcMain, Menu, nativeImage, powerMonitor, protocol, screen, session, Tray };

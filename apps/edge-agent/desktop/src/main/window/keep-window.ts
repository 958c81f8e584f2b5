import { BrowserWindow, screen, type NativeImage, type WebContents } from "electron";
import { pagePreferences } from "../security/page-preferences.ts";
import { WINDOW_URL } from "../security/window-origin.ts";
import { after } from "./after.ts";
import { comeBack } from "./come-back.ts";
import { endStuck } from "./end-stuck.ts";
import { fitDisplays } from "./fit-displays.ts";

export interface KeepWindowOptions {
  readonly preload: string;
  /** Whether a closed window can be found again: a tray shows. */
  readonly canHide: () => boolean;
  /** The person has closed the window, and there is no tray. */
  readonly onClosed: () => void;
}

export interface WindowKeeper {
  /** Shows the window, and makes it if there is none. */
  readonly open: () => void;
  readonly contents: () => WebContents | undefined;
  readonly dress: (title: string, icon: NativeImage) => void;
  /** Displays have changed. */
  readonly fit: () => void;
  /** The graphics process has fallen and risen: what is on the screen is not to be trusted. */
  readonly redraw: () => void;
  /** From now on a close is a close: the program or the session ends. */
  readonly letGo: () => void;
}

/** The one window of a session: closed it hides, fallen it comes back, lost off a display it returns to one. */
export function keepWindow(options: KeepWindowOptions): WindowKeeper {
  let window: BrowserWindow | undefined;
  let dress: readonly [string, NativeImage] | undefined;
  let leaving = false;
  const letGo = (): void => void (leaving = true);

  const make = (): BrowserWindow => {
    const made = new BrowserWindow({
      show: false,
      width: 1_024,
      height: 720,
      minWidth: 320,
      minHeight: 240,
      autoHideMenuBar: true,
      ...(dress === undefined ? {} : { title: dress[0], icon: dress[1] }),
      webPreferences: pagePreferences(options.preload),
    });
    const returning = watchPage(made);
    made.on("page-title-updated", (event) => event.preventDefault());
    made.on("close", (event) => {
      if (leaving || !options.canHide()) return;
      event.preventDefault();
      made.hide();
    });
    made.on("closed", () => {
      returning.stop();
      window = undefined;
      if (!leaving) options.onClosed();
    });
    made.on("query-session-end", letGo);
    made.on("session-end", letGo);
    return made;
  };

  return {
    open: () => {
      window ??= make();
      if (window.isMinimized()) window.restore();
      window.show();
      window.focus();
    },
    contents: () => window?.webContents,
    dress: (title, icon) => {
      dress = [title, icon];
      window?.setTitle(title);
      if (process.platform !== "darwin") window?.setIcon(icon);
    },
    fit: () => {
      if (window === undefined) return;
      const bounds = window.getBounds();
      const fitting = fitDisplays(
        bounds,
        screen.getAllDisplays().map(({ workArea }) => workArea),
      );
      if (fitting !== bounds) window.setBounds(fitting);
    },
    redraw: () => window?.webContents.invalidate(),
    letGo,
  };
}

/** Loads the page, and loads it again whenever its process dies or hangs. */
function watchPage(window: BrowserWindow): { readonly stop: () => void } {
  const load = (): void => {
    if (!window.isDestroyed()) window.loadURL(WINDOW_URL).catch(() => returning.fallen());
  };
  const returning = comeBack({ steadyMs: () => performance.now(), random: Math.random, after, load });
  const standing = endStuck({
    after,
    end: () => {
      if (!window.isDestroyed()) window.webContents.forcefullyCrashRenderer();
    },
  });
  window.webContents.on("render-process-gone", (_event, { reason }) => {
    if (reason !== "clean-exit") returning.fallen();
  });
  window.on("unresponsive", standing.stuck);
  window.on("responsive", standing.moved);
  load();
  return {
    stop: () => {
      standing.moved();
      returning.stop();
    },
  };
}

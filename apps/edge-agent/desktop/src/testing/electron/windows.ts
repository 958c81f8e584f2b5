import { EventEmitter } from "node:events";
import type { BrowserWindow as RealWindow, BrowserWindowConstructorOptions, NativeImage, Rectangle, WebContents } from "electron";
import { appEvents } from "./app-events.ts";
import { makeContents, type Contents } from "./contents.ts";
import { listens, stoppable } from "./emitter.ts";
import { recorded } from "./recorded.ts";
import { strict, strictClass } from "./strict.ts";

/** A window as a test sees it. */
export interface StandInWindow {
  readonly contents: Contents;
  readonly emitter: EventEmitter;
  readonly state: {
    visible: boolean;
    minimized: boolean;
    title: string;
    icon: NativeImage | undefined;
    bounds: Rectangle;
    destroyed: boolean;
  };
  /** As a person closes it; answers whether it did. */
  readonly close: () => boolean;
}

export const windows: StandInWindow[] = [];

type Members =
  | "on"
  | "show"
  | "hide"
  | "focus"
  | "restore"
  | "isMinimized"
  | "isDestroyed"
  | "setTitle"
  | "setIcon"
  | "getBounds"
  | "setBounds"
  | "loadURL"
  | "webContents";

function makeWindow(options: BrowserWindowConstructorOptions): RealWindow {
  recorded.windows.push(options);
  const emitter = new EventEmitter();
  const state = {
    visible: options.show ?? true,
    minimized: false,
    title: options.title ?? "",
    icon: options.icon as NativeImage | undefined,
    bounds: { x: 10, y: 10, width: options.width ?? 800, height: options.height ?? 600 },
    destroyed: false,
  };
  const contents = makeContents(options.webPreferences?.preload ?? "", (created: WebContents) =>
    appEvents.emit("web-contents-created", {}, created),
  );
  const close = (): boolean => {
    const event = stoppable({});
    emitter.emit("close", event);
    if (event.defaultPrevented) return false;
    state.destroyed = true;
    windows.splice(windows.indexOf(self), 1);
    void contents.close();
    emitter.emit("closed");
    if (windows.length === 0) appEvents.emit("last-window-closed");
    return true;
  };
  const self: StandInWindow = { contents, emitter, state, close };
  windows.push(self);
  return strict<RealWindow, Members>("BrowserWindow", {
    ...listens<RealWindow>(emitter),
    show: () => void (state.visible = true),
    hide: () => void (state.visible = false),
    focus: () => undefined,
    restore: () => void (state.minimized = false),
    isMinimized: () => state.minimized,
    isDestroyed: () => state.destroyed,
    setTitle: (title) => void (state.title = title),
    setIcon: (icon) => void (state.icon = icon as NativeImage),
    getBounds: () => state.bounds,
    setBounds: (bounds) => void (state.bounds = { ...state.bounds, ...bounds }),
    loadURL: (url) => contents.load(url),
    webContents: contents.api,
  });
}

export const BrowserWindow = strictClass<[BrowserWindowConstructorOptions], RealWindow, typeof RealWindow>("BrowserWindow", makeWindow);

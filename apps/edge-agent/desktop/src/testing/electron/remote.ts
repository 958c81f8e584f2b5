import type { MenuItemConstructorOptions, NativeImage, Rectangle } from "electron";
import { appEvents } from "./app-events.ts";
import { menuTemplates, powerEvents, screenEvents } from "./desktop-parts.ts";
import { invoke } from "./ipc.ts";
import { imagePaths, recorded } from "./recorded.ts";
import { isDevicePermitted, isPermitted, isScreenGiven } from "./session.ts";
import { windows } from "./windows.ts";
import { invokeFromSubframe } from "./worlds.ts";

/* A test that has started this program as its child asks here what happened, and does what a person or a system does. */

export interface MenuLine {
  readonly label: string;
  readonly enabled: boolean;
  readonly checked: boolean;
  readonly submenu: readonly MenuLine[];
}

const readMenu = (items: readonly MenuItemConstructorOptions[]): MenuLine[] =>
  items
    .filter(({ type }) => type !== "separator")
    .map(({ label = "", enabled = true, checked = false, submenu }) => ({
      label,
      enabled,
      checked,
      submenu: Array.isArray(submenu) ? readMenu(submenu) : [],
    }));

const pathOf = (image: NativeImage | undefined): string => (image === undefined ? "" : (imagePaths.get(image) ?? ""));
const trayItems = (): readonly MenuItemConstructorOptions[] =>
  recorded.tray?.menu === undefined ? [] : (menuTemplates.get(recorded.tray.menu) ?? []);

function click(path: readonly string[]): void {
  let items = trayItems();
  for (const [at, label] of path.entries()) {
    const item = items.find((one) => one.label === label);
    if (item === undefined) throw new Error(`no line ${label} in the menu`);
    if (at === path.length - 1) item.click?.({ checked: !(item.checked ?? false) } as never, undefined, {});
    else items = item.submenu as MenuItemConstructorOptions[];
  }
}

const first = (): (typeof windows)[number] => {
  const [window] = windows;
  if (window === undefined) throw new Error("there is no window");
  return window;
};

const emitters = {
  app: () => appEvents,
  powerMonitor: () => powerEvents,
  screen: () => screenEvents,
  window: () => first().emitter,
  contents: () => first().contents.emitter,
  tray: () => {
    if (recorded.tray === undefined) throw new Error("there is no tray");
    return recorded.tray.events;
  },
};

export const COMMANDS = {
  tray: () =>
    recorded.tray === undefined
      ? null
      : {
          icon: pathOf(recorded.tray.image),
          toolTip: recorded.tray.toolTip,
          menu: readMenu(trayItems()),
          imagesSet: recorded.tray.imagesSet,
          menusSet: recorded.tray.menusSet,
        },
  window: () => {
    const [window] = windows;
    if (window === undefined) return null;
    const { visible, minimized, title, icon, bounds } = window.state;
    const { isLoaded, isCrashed } = window.contents;
    return { visible, minimized, title, icon: pathOf(icon), bounds, loaded: isLoaded(), crashed: isCrashed(), count: windows.length };
  },
  click: (...path: string[]) => click(path),
  close: () => first().close(),
  minimize: () => void (first().state.minimized = true),
  evaluate: (source: string) => first().contents.page()?.evaluate(source),
  crash: () =>
    void first()
      .contents.cdp()
      ?.send("Page.crash")
      .catch(() => undefined),
  emit: (on: keyof typeof emitters, event: string, ...args: (string | object)[]) => {
    const stopped = { defaultPrevented: false };
    const details = {
      url: typeof args[0] === "string" ? args[0] : "",
      isMainFrame: true,
      preventDefault: () => void (stopped.defaultPrevented = true),
    };
    emitters[on]().emit(event, details, ...args);
    return stopped.defaultPrevented;
  },
  setDisplays: (displays: Rectangle[]) => void (recorded.displays = displays),
  subframeInvokes: (channel: string, ...args: unknown[]) => {
    const cdp = first().contents.cdp();
    if (cdp === undefined) throw new Error("there is no page");
    return invokeFromSubframe(cdp, channel, args);
  },
  /** As if a page at `url` had asked: what a sender's check alone keeps out. */
  invokesFrom: (url: string, channel: string, ...args: unknown[]) => {
    const { api } = first().contents;
    return invoke(channel, args, { sender: api, senderFrame: { url, parent: null } as never });
  },
  permission: (name: string, url: string) => ({ ...isPermitted(name, url), device: isDevicePermitted(), screen: isScreenGiven() }),
  recorded: () => ({
    preferences: recorded.windows.map(({ webPreferences }) => webPreferences),
    schemes: recorded.schemes,
    sandboxed: recorded.sandboxed,
    clipboard: recorded.clipboard,
    requests: recorded.requests,
    popups: recorded.popups,
    downloads: recorded.downloads,
    redrawn: recorded.redrawn,
  }),
} satisfies Record<string, (...args: never[]) => unknown>;

export type Commands = typeof COMMANDS;

interface Told {
  readonly id: number;
  readonly name: keyof Commands;
  readonly args: readonly unknown[];
}

if (process.send !== undefined) {
  process.on("message", ({ id, name, args }: Told) => {
    const call = COMMANDS[name] as (...given: readonly unknown[]) => unknown;
    Promise.resolve()
      .then(() => call(...args))
      .then(
        (result) => process.send?.({ id, result: result ?? null }),
        (error: unknown) => process.send?.({ id, error: error instanceof Error ? error.message : String(error) }),
      );
  });
  process.once("disconnect", () => process.exit(1));
}

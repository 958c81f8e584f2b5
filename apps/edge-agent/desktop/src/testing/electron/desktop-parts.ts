import { EventEmitter } from "node:events";
import { existsSync } from "node:fs";
import type {
  Clipboard,
  Display,
  Menu as RealMenu,
  MenuItem,
  MenuItemConstructorOptions,
  NativeImage,
  PowerMonitor,
  Protocol,
  Screen,
  Tray as RealTray,
} from "electron";
import { listens } from "./emitter.ts";
import { imagePaths, recorded } from "./recorded.ts";
import { strict, strictClass } from "./strict.ts";

/** What there is beside windows: recorded, and set off by a test. */
export const powerEvents = new EventEmitter();
export const screenEvents = new EventEmitter();

export const powerMonitor = strict<PowerMonitor, "on">("powerMonitor", listens<PowerMonitor>(powerEvents));

export const screen = strict<Screen, "on" | "getAllDisplays">("screen", {
  ...listens<Screen>(screenEvents),
  getAllDisplays: () => recorded.displays.map((workArea) => ({ workArea }) as Display),
});

export const clipboard = strict<Clipboard, "writeText">("clipboard", { writeText: async (text) => void (recorded.clipboard = text) });

export const protocol = strict<Protocol, "registerSchemesAsPrivileged">("protocol", {
  registerSchemesAsPrivileged: (schemes) => void (recorded.schemes = schemes),
});

/** Electron makes an empty picture of a file that is not there; here that is a fault. */
export const nativeImage = {
  createFromPath: (path: string): NativeImage => {
    if (!existsSync(path)) throw new Error(`no picture at ${path}`);
    const image = strict<NativeImage, "isEmpty">("NativeImage", { isEmpty: () => false });
    imagePaths.set(image, path);
    return image;
  },
};

export const menuTemplates = new WeakMap<RealMenu, readonly MenuItemConstructorOptions[]>();

export const Menu = {
  buildFromTemplate: (template: MenuItemConstructorOptions[]): RealMenu => {
    const items = template as unknown as MenuItem[];
    const menu = strict<RealMenu, "items">("Menu", { items });
    menuTemplates.set(menu, template);
    return menu;
  },
  setApplicationMenu: (): void => undefined,
};

function makeTray(image: NativeImage): RealTray {
  const events = new EventEmitter();
  const tray = { image, toolTip: "", menu: undefined as RealMenu | undefined, imagesSet: 0, menusSet: 0, events };
  recorded.tray = tray;
  return strict<RealTray, "on" | "setImage" | "setToolTip" | "setContextMenu" | "destroy">("Tray", {
    ...listens<RealTray>(events),
    setImage: (next) => {
      tray.image = next as NativeImage;
      tray.imagesSet += 1;
    },
    setToolTip: (text) => void (tray.toolTip = text),
    setContextMenu: (menu) => {
      tray.menu = menu ?? undefined;
      tray.menusSet += 1;
    },
    destroy: () => void (recorded.tray = undefined),
  });
}

export const Tray = strictClass<[NativeImage, string?], RealTray, typeof RealTray>("Tray", makeTray);

import { Menu, Tray } from "electron";
import type { Shown } from "../../language/tray-sentence.ts";
import { glyphOf, trayIcon } from "./icon-of.ts";
import { trayMenu, type MenuActions, type MenuView } from "./tray-menu.ts";

/** By this Windows keeps a person's choice to show the icon always, over updates. */
const WINDOWS_GUID = "5d0f3f0a-6a2f-4f0e-9a53-8a1e4f4f8a31";
/** Windows cuts there. */
const TOOLTIP_CHARS_MAX = 127;

export interface TrayView {
  readonly show: (kind: Shown["kind"], view: MenuView) => void;
  /** The menu has changed by itself, as marks in menus do: the next `show` sets it again. */
  readonly menuTouched: () => void;
  readonly remove: () => void;
}

/**
 * The icon beside the clock. Icon, tooltip and menu are set only when what they show has changed: a menu that is set again
 * closes under a person's finger, and panels redraw. On Linux a menu's change counts only once it is set again as a whole.
 */
export function showTray(icons: string, first: Shown["kind"], actions: MenuActions): TrayView {
  const icon = trayIcon(icons, first);
  const tray = process.platform === "win32" ? new Tray(icon, WINDOWS_GUID) : new Tray(icon);
  let glyph = glyphOf(first);
  let shown = "";
  if (process.platform !== "darwin") tray.on("click", actions.open);
  return {
    show: (kind, view) => {
      if (glyphOf(kind) !== glyph) tray.setImage(trayIcon(icons, kind));
      glyph = glyphOf(kind);
      if (JSON.stringify(view) === shown) return;
      shown = JSON.stringify(view);
      tray.setToolTip(view.sentence.slice(0, TOOLTIP_CHARS_MAX));
      tray.setContextMenu(Menu.buildFromTemplate(trayMenu(view, actions)));
    },
    menuTouched: () => void (shown = ""),
    remove: () => tray.destroy(),
  };
}

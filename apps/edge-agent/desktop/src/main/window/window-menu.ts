import type { MenuItemConstructorOptions } from "electron";

/**
 * The keys that a window needs: copy and paste, larger and smaller text, close. No developer tools, no reload past what
 * is kept. On macOS the first menu is the program's own.
 */
export function windowMenu(platform: NodeJS.Platform = process.platform): MenuItemConstructorOptions[] {
  const program: MenuItemConstructorOptions[] = platform === "darwin" ? [{ role: "appMenu" }] : [];
  return [
    ...program,
    { role: "editMenu" },
    {
      label: "+/-",
      submenu: [{ role: "zoomIn" }, { role: "zoomOut" }, { role: "resetZoom" }, { type: "separator" }, { role: "close" }],
    },
  ];
}

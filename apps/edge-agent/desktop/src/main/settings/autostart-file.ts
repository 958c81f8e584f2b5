import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** Given by whoever starts this at sign-in: the tray alone, no window in a person's face. */
export const HIDDEN_FLAG = "--hidden";

export interface Autostart {
  readonly isOn: () => boolean;
  /** A place that takes no such choice leaves it as it was: `isOn` says what is. */
  readonly set: (on: boolean) => void;
}

/** An AppImage runs from a folder that is gone at the next sign-in: `APPIMAGE` names the file itself. */
export function fileAutostart(env: Readonly<Record<string, string | undefined>>, program: string = process.execPath): Autostart {
  const folder = join(env["XDG_CONFIG_HOME"] || join(env["HOME"] ?? homedir(), ".config"), "autostart");
  const path = join(folder, "tillsync.desktop");
  return {
    isOn: () => existsSync(path),
    set: (on) => {
      try {
        if (!on) return rmSync(path, { force: true });
        mkdirSync(folder, { recursive: true });
        writeFileSync(path, desktopEntry(env["APPIMAGE"] ?? program));
      } catch {
        return;
      }
    },
  };
}

const desktopEntry = (program: string): string =>
  ["[Desktop Entry]", "Type=Application", "Name=Tillsync", `Exec=${quote(program)} ${HIDDEN_FLAG}`, "Terminal=false", ""].join("\n");

/** As the desktop entry specification wants it: in quotes, with what the quotes would not keep escaped, and no field code. */
const quote = (program: string): string =>
  `"${program
    .replaceAll(/["`$\\]/g, "\\$&")
    .replaceAll("\\", "\\\\")
    .replaceAll("%", "%%")}"`;

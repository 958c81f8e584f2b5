import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { fileAutostart } from "./autostart-file.ts";
import { readSettings, writeSettings } from "./settings.ts";

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "tillsync-settings-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it("keeps a choice, in a folder that is made for it", () => {
  const path = join(folder, "more", "settings.json");
  expect(readSettings(path)).toEqual({ language: null });
  writeSettings(path, { language: "fr" });
  expect([readSettings(path), readFileSync(path, "utf8")]).toEqual([{ language: "fr" }, '{"language":"fr"}\n']);
});

it("starts at sign-in by a file of the desktop's, whatever the program's path holds, and no longer when that is taken away", () => {
  const path = join(folder, "autostart", "tillsync.desktop");
  const start = fileAutostart({ XDG_CONFIG_HOME: folder }, '/opt/a "b" $c 100%\\d');
  expect(start.isOn()).toBe(false);
  start.set(true);
  expect(start.isOn()).toBe(true);
  expect(readFileSync(path, "utf8")).toContain(String.raw`Exec="/opt/a \\"b\\" \\$c 100%%\\\\d" --hidden`);
  fileAutostart({ XDG_CONFIG_HOME: folder, APPIMAGE: "/home/a/T.AppImage" }, "/tmp/.mount/x").set(true);
  expect(readFileSync(path, "utf8")).toContain('Exec="/home/a/T.AppImage" --hidden');
  start.set(false);
  expect(start.isOn()).toBe(false);
  const full = fileAutostart({ XDG_CONFIG_HOME: "/dev/null" });
  full.set(true);
  expect(full.isOn()).toBe(false);
});

it("a file that is broken or of another time means that nothing was chosen; a folder that takes none costs nothing", () => {
  const path = join(folder, "settings.json");
  for (const text of ["", "{", "1", '{"language":"xx"}', "{}"]) {
    writeFileSync(path, text);
    expect(readSettings(path)).toEqual({ language: null });
  }
  expect(() => writeSettings(join(path, "below", "settings.json"), { language: "de" })).not.toThrow();
});

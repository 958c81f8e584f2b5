import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
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

it("a file that is broken or of another time means that nothing was chosen; a folder that takes none costs nothing", () => {
  const path = join(folder, "settings.json");
  for (const text of ["", "{", "1", '{"language":"xx"}', "{}"]) {
    writeFileSync(path, text);
    expect(readSettings(path)).toEqual({ language: null });
  }
  expect(() => writeSettings(join(path, "below", "settings.json"), { language: "de" })).not.toThrow();
});

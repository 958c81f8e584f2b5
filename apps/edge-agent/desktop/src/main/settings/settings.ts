import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { z } from "zod";
import { LANGUAGES } from "../../language/languages.ts";

/** What a person chose for this display. `language: null`: as this computer. */
const settingsSchema = z.object({ language: z.enum(LANGUAGES).nullable().catch(null) });
export type Settings = z.infer<typeof settingsSchema>;

/** A file that is missing or broken means that nothing was chosen. */
export function readSettings(path: string): Settings {
  try {
    return settingsSchema.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    return { language: null };
  }
}

/** Whole or not at all. A choice that cannot be kept still holds until the program ends. */
export function writeSettings(path: string, settings: Settings): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(`${path}.new`, `${JSON.stringify(settings)}\n`);
    renameSync(`${path}.new`, path);
  } catch {
    return;
  }
}

import { execFile } from "node:child_process";
import { cpSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const DESKTOP = fileURLToPath(new URL("../../../", import.meta.url));

/** Builds main, preload and window into a folder, as a package holds them; answers the file that Electron would start. */
export async function buildDesktop(folder: string): Promise<string> {
  const cli = join(dirname(createRequire(import.meta.url).resolve("electron-vite/package.json")), "bin", "electron-vite.js");
  const env = { ...process.env, NODE_ENV: "production", TILLSYNC_DESKTOP_OUT: join(folder, "out") };
  await promisify(execFile)(process.execPath, [cli, "build", "--logLevel", "warn"], { cwd: DESKTOP, env });
  cpSync(join(DESKTOP, "icons"), join(folder, "icons"), { recursive: true });
  return join(folder, "out", "main", "index.mjs");
}

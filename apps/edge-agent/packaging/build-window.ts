import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";

const DESKTOP = fileURLToPath(new URL("../desktop/", import.meta.url));

/** What is used of Vite, which belongs to the desktop's workspace. */
interface Vite {
  readonly build: (config: object) => Promise<unknown>;
}

/** Builds the window into `outDir`, and the licences of what is in it beside, as `WINDOW_LICENCES`. */
export async function buildWindow(outDir: string): Promise<void> {
  // React builds for people, whatever the environment says.
  process.env["NODE_ENV"] = "production";
  const at = createRequire(`${DESKTOP}package.json`).resolve("vite");
  const vite = (await import(pathToFileURL(at).href)) as Vite;
  await vite.build({
    configFile: `${DESKTOP}vite.config.ts`,
    logLevel: "warn",
    build: { outDir, emptyOutDir: true, license: { fileName: WINDOW_LICENCES } },
  });
}

export const WINDOW_LICENCES = "third-party-licences.md";

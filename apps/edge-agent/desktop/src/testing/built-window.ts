import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const DESKTOP = here("../../");
const BUILDS = join(DESKTOP, "out", "built-window");
/** Everything that the window is made of; a test or a main process that changes does not ask for another window. */
const SOURCES = [
  "src/window",
  "src/language",
  "vite.config.ts",
  "../src/window-api",
  "../../../packages/sync-protocol/src",
  "../../../package-lock.json",
];
/** Builds of older sources are removed after this, when nobody reads them any more. */
const KEPT_MS = 86_400_000;

/**
 * The folder of the built window of these sources, built when it is not there. Several processes may ask at once: each
 * builds in a folder of its own, and the first to finish gives its build the name.
 */
export async function builtWindow(): Promise<string> {
  const folder = join(BUILDS, await hashSources());
  if (existsSync(folder)) return folder;
  await mkdir(BUILDS, { recursive: true });
  await removeOld();
  const own = `${folder}.${process.pid}`;
  await build(own);
  try {
    await rename(own, folder);
  } catch {
    await rm(own, { recursive: true, force: true });
  }
  return folder;
}

/** In a process of its own: React and Vite build as they do for people, whatever the test's environment says. */
async function build(outDir: string): Promise<void> {
  const vite = join(dirname(createRequire(import.meta.url).resolve("vite/package.json")), "bin", "vite.js");
  const config = join(DESKTOP, "vite.config.ts");
  const child = spawn(process.execPath, [vite, "build", "-c", config, "--outDir", outDir, "--logLevel", "warn"], {
    env: { ...process.env, NODE_ENV: "production" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  child.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const [code] = await once(child, "close");
  if (code !== 0 || said.trim() !== "") throw new Error(`the window does not build without a word (${code}):\n${said}`);
}

async function hashSources(): Promise<string> {
  const hash = createHash("sha256");
  for (const source of SOURCES) await addTo(hash, join(DESKTOP, source));
  return hash.digest("hex").slice(0, 24);
}

async function addTo(hash: ReturnType<typeof createHash>, path: string): Promise<void> {
  if ((await stat(path)).isDirectory()) {
    for (const name of (await readdir(path)).toSorted()) if (!isTest(name)) await addTo(hash, join(path, name));
    return;
  }
  hash
    .update(path.slice(DESKTOP.length))
    .update("\0")
    .update(await readFile(path))
    .update("\0");
}

const isTest = (name: string): boolean => name === "testing" || name.endsWith(".test.ts");

async function removeOld(): Promise<void> {
  for (const name of await readdir(BUILDS)) {
    const path = join(BUILDS, name);
    const found = await stat(path).catch(() => undefined);
    if (found !== undefined && Date.now() - found.mtimeMs > KEPT_MS) await rm(path, { recursive: true, force: true });
  }
}

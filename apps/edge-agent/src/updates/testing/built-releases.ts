import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import manifest from "../../../package.json" with { type: "json" };
import { bundleAgent } from "../../../packaging/bundle.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const require = createRequire(import.meta.url);

/** Bundles this repository's agent once; `layRelease` makes releases of it. */
export async function bundleOnce(folder: string): Promise<void> {
  await bundleAgent(join(folder, "dist"));
  mkdirSync(join(folder, "bin"), { recursive: true });
  copyFileSync(here("../../../packaging/bin/edge-agent.sh"), join(folder, "bin", "edge-agent"));
  chmodSync(join(folder, "bin", "edge-agent"), 0o755);
  copyFileSync(here("../../../bin/edge-agent.mjs"), join(folder, "bin", "edge-agent.mjs"));
  mkdirSync(join(folder, "runtime"));
  symlinkSync(process.execPath, join(folder, "runtime", "node"));
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(dirname(require.resolve("better-sqlite3/package.json")), join(folder, "node_modules", "better-sqlite3"));
}

/** A release as the package lays it, which calls itself by another version. */
export function layRelease(bundled: string, to: string, version: string, root: Uint8Array): void {
  cpSync(bundled, to, { recursive: true, verbatimSymlinks: true });
  let renamed = 0;
  for (const name of readdirSync(join(to, "dist")).filter((name) => name.endsWith(".mjs"))) {
    const path = join(to, "dist", name);
    const text = readFileSync(path, "utf8");
    if (!text.includes(`version:"${manifest.version}"`)) continue;
    renamed += 1;
    writeFileSync(path, text.replaceAll(`version:"${manifest.version}"`, `version:"${version}"`));
  }
  if (renamed === 0) throw new Error("the bundle does not name its version as it did");
  writeFileSync(join(to, "package.json"), JSON.stringify({ name: manifest.name, version, type: "module" }));
  writeFileSync(join(to, "release.json"), JSON.stringify({ name: manifest.name, package: "tar", version }));
  writeFileSync(join(to, "release-root.json"), root);
}

/** Packs a release's folder under its own name. */
export function packRelease(folder: string): Uint8Array {
  const file = `${folder}.tar.gz`;
  execFileSync("tar", ["-czf", file, "-C", dirname(folder), folder.slice(dirname(folder).length + 1)]);
  return readFileSync(file);
}

import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { buildWindow } from "./build-window.ts";
import { bundleAgent } from "./bundle.ts";
import { describeFiles, filesOf, layFiles, type PackageFile } from "./package-files.ts";
import { printNotices, readThirdParty, thirdPartiesOf } from "./third-party.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const ROOT = here("../../..");
const require = createRequire(import.meta.url);

/** Packages that stay outside the bundle: native code, and what loads it. */
const NATIVE = "better-sqlite3";

const manifestSchema = z.object({ name: z.string(), version: z.string(), license: z.string(), description: z.string() });
export const manifest = manifestSchema.parse(JSON.parse(readFileSync(here("../package.json"), "utf8")));

/** What a package says of itself, beside the program. */
export interface ReleaseLabel {
  readonly package: "deb" | "tar";
  readonly version: string;
  readonly platform: "linux";
  readonly arch: "x64" | "arm64";
  readonly node: string;
}

export interface AssembleOptions {
  /** A window that is built already; without it, it is built here. */
  readonly window: string | undefined;
  /** The keys that updates must be signed with; without them the package takes no updates. */
  readonly releaseRoot: string | undefined;
}

/** Lays the program below `folder`: runtime, bundle, native part, window and licences. The same sources give the same files. */
export async function assembleProgram(folder: string, scratch: string, options: AssembleOptions): Promise<void> {
  const dist = join(scratch, "dist");
  const inputs = await bundleAgent(dist);
  const window = options.window ?? join(scratch, "window");
  if (options.window === undefined) await buildWindow(window);
  if (!existsSync(join(window, "index.html"))) throw new Error(`no window is at ${window}`);
  const native = dirname(require.resolve(`${NATIVE}/package.json`));
  const parties = [...thirdPartiesOf(ROOT, inputs), readThirdParty(native)];
  const runtime = { version: process.versions.node, licenceFile: here(`licences/node-${process.versions.node}.txt`) };
  mkdirSync(folder, { recursive: true });
  layFiles(folder, [
    { path: "runtime/node", copyOf: ownNode(), kind: "program" },
    { path: "bin/edge-agent", copyOf: here("bin/edge-agent.sh"), kind: "program" },
    { path: "bin/edge-agent.mjs", copyOf: here("../bin/edge-agent.mjs"), kind: "program" },
    ...filesOf(dist, "dist"),
    ...filesOf(window, "window"),
    ...nativeFiles(native),
    { path: "package.json", text: `${JSON.stringify({ name: manifest.name, version: manifest.version, type: "module" })}\n` },
    { path: "LICENSE", copyOf: join(ROOT, "LICENSE") },
    { path: "THIRD-PARTY-NOTICES.txt", text: printNotices(parties, runtime) },
    ...(options.releaseRoot === undefined ? [] : [{ path: "release-root.json", copyOf: options.releaseRoot }]),
  ]);
}

/** Writes `release.json`: the label, and hash and size of every file that is there. */
export function labelProgram(folder: string, label: ReleaseLabel): void {
  const text = `${JSON.stringify({ name: manifest.name, ...label, files: describeFiles(folder) }, undefined, 1)}\n`;
  layFiles(folder, [{ path: "release.json", text }]);
}

/** The Node.js that comes with the dependencies, which is the one that runs this: its version is what the package is tested with. */
function ownNode(): string {
  const path = join(dirname(require.resolve("node/package.json")), "bin/node");
  if (!existsSync(path)) throw new Error("the dependency `node` brings no binary for this system");
  return path;
}

/** The native part for this system alone: JavaScript, one binary, its licence. No sources, no binaries of other systems. */
function nativeFiles(native: string): PackageFile[] {
  const to = `node_modules/${NATIVE}`;
  const binary = `prebuilds/linux-${process.arch}.node`;
  return [
    ...filesOf(join(native, "lib"), `${to}/lib`),
    ...["package.json", "LICENSE", binary].map((path) => ({ path: `${to}/${path}`, copyOf: join(native, path) })),
  ];
}

import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/**
 * Bundles the agent into `outdir`: `main.mjs` and the pieces that are loaded when they are needed. Native code stays
 * outside. Answers the paths of all sources that went in, as esbuild names them from the repository's root. The same
 * sources give the same bytes.
 */
export async function bundleAgent(outdir: string): Promise<string[]> {
  const { metafile } = await build({
    absWorkingDir: here("../../.."),
    entryPoints: {
      main: here("../src/cli/main.ts"),
      "window-api": here("../src/window-api/index.ts"),
      "ask-agent": here("../src/control/index.ts"),
    },
    outdir,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    // Names stay: traces are read on site, and keeping them beside short ones costs a call for every closure that is made.
    minifyWhitespace: true,
    minifySyntax: true,
    metafile: true,
    format: "esm",
    platform: "node",
    target: "node24",
    conditions: ["tillsync-source"],
    external: ["better-sqlite3"],
    legalComments: "linked",
    // CommonJS dependencies inside the bundle still call require for Node's own modules.
    banner: { js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);' },
    logLevel: "warning",
  });
  return Object.keys(metafile.inputs).toSorted();
}

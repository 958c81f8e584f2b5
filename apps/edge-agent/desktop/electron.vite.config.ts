import { fileURLToPath } from "node:url";
import { defineConfig } from "electron-vite";
import windowConfig from "./vite.config.ts";

/** Another folder than `out`, for a build beside the one that people use. */
const out = process.env["TILLSYNC_DESKTOP_OUT"] ?? fileURLToPath(new URL("out", import.meta.url));
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const conditions = ["tillsync-source", "module", "node", "production"];
/** Dependencies go in whole: the package then holds no modules that nobody runs, and none is found by its path. */
const whole = { resolve: { conditions }, ssr: { noExternal: true as const, resolve: { conditions } } };

/** Three bundles that need nothing beside them but Electron. A sandboxed preload cannot be a module of today's kind. */
export default defineConfig({
  main: {
    ...whole,
    build: {
      outDir: `${out}/main`,
      externalizeDeps: false,
      rolldownOptions: { input: here("src/main/index.ts"), output: { format: "es", entryFileNames: "index.mjs" } },
    },
  },
  preload: {
    ...whole,
    build: {
      outDir: `${out}/preload`,
      externalizeDeps: false,
      rolldownOptions: { input: here("src/preload/index.ts"), output: { format: "cjs", entryFileNames: "index.cjs" } },
    },
  },
  renderer: {
    ...windowConfig,
    build: { ...windowConfig.build, outDir: `${out}/window`, rolldownOptions: { input: here("src/window/index.html") } },
  },
});

import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The window: one page for Electron and for `edge-agent open`. Nothing in it comes from elsewhere, and nothing is inline. */
export default defineConfig({
  root: here("src/window"),
  base: "./",
  plugins: [react()],
  resolve: { conditions: ["tillsync-source", "module", "browser", "production"] },
  build: {
    outDir: here("out/window"),
    emptyOutDir: true,
    target: "es2024",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1_500,
  },
});

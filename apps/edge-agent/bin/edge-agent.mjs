#!/usr/bin/env node
/*
 * Checks the Node.js version before anything native loads, then starts the program: from its sources in the
 * repository, from its bundle in an installed package. Written so that any Node.js since 14.8 can read it.
 */
import { existsSync } from "node:fs";
import * as nodeModule from "node:module";
import { fileURLToPath } from "node:url";

const NODE_MAJOR_MIN = 24;
if (Number(process.versions.node.split(".")[0]) < NODE_MAJOR_MIN) {
  console.error(`edge-agent: needs Node.js ${NODE_MAJOR_MIN} or newer; this is ${process.versions.node} (runtime.node-too-old).`);
  console.error("Use the Node.js that comes with the package: npx edge-agent ..., or install a newer one.");
  process.exit(2);
}

// A terminal has little memory and the agent needs little: with these bounds it stays flat while it reads huge files,
// where Node.js would rather grow than collect. One arena of the C library keeps what SQLite, zstd and the network free
// from being spread over many. The process replaces itself, so that no second one stays behind.
const HEAP_FLAGS = ["--max-semi-space-size=2", "--max-old-space-size=256"];
const GROWING = ["run", "capture", "set-aside"];
const isBounded = process.execArgv.some((flag) => flag.startsWith("--max-"));
if (GROWING.includes(process.argv[2]) && !isBounded && process.platform !== "win32" && typeof process.execve === "function") {
  process.execve(process.execPath, [process.execPath, ...HEAP_FLAGS, ...process.execArgv, ...process.argv.slice(1)], {
    MALLOC_ARENA_MAX: "1",
    ...process.env,
  });
}

const source = new URL("../src/cli/main.ts", import.meta.url);
if (existsSync(source)) {
  // What was stripped of its types once is not stripped again: the compiler for it costs 30 MB and a tenth of a second.
  nodeModule.enableCompileCache?.(fileURLToPath(new URL("../node_modules/.cache/tillsync", import.meta.url)));
  nodeModule.registerHooks({
    resolve: (specifier, context, next) => next(specifier, { ...context, conditions: [...context.conditions, "tillsync-source"] }),
  });
  await import(source.href);
} else {
  await import(new URL("../dist/main.mjs", import.meta.url).href);
}

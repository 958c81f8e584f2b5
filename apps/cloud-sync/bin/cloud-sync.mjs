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
  console.error(`cloud-sync: needs Node.js ${NODE_MAJOR_MIN} or newer; this is ${process.versions.node} (runtime.node-too-old).`);
  console.error("Use the Node.js that comes with the package: npx cloud-sync ..., or install a newer one.");
  process.exit(2);
}

const source = new URL("../src/cli/main.ts", import.meta.url);
if (existsSync(source)) {
  // What was stripped of its types once is not stripped again: that is half of what a short command costs.
  nodeModule.enableCompileCache?.(fileURLToPath(new URL("../node_modules/.cache/tillsync", import.meta.url)));
  nodeModule.registerHooks({
    resolve: (specifier, context, next) => next(specifier, { ...context, conditions: [...context.conditions, "tillsync-source"] }),
  });
  await import(source.href);
} else {
  await import(new URL("../dist/main.mjs", import.meta.url).href);
}

/* Runs vitest with the arguments given, under the Node that this script runs on. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const cli = fileURLToPath(new URL("../node_modules/vitest/vitest.mjs", import.meta.url));
const done = spawnSync(process.execPath, [cli, "run", ...process.argv.slice(2)], { stdio: "inherit" });
process.exit(done.status ?? 1);

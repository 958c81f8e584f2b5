/*
 * What `npm test` runs, in the order in which a mistake is cheapest to find: format, lint, types, dead code, tests.
 * `--fast` leaves out the suites that start processes. Every step's output is shown; the first failure ends the run.
 */
import { runSteps } from "./steps.mjs";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const samples = fileURLToPath(new URL("../../shared/samples", import.meta.url));
if (process.env["TILLSYNC_SAMPLES"] === undefined && existsSync(samples)) process.env["TILLSYNC_SAMPLES"] = samples;

const fast = process.argv.includes("--fast");
const projects = fast ? ["unit", "property"] : ["unit", "property", "pg", "sim", "e2e"];

process.exit(
  await runSteps([
    { name: "format", command: ["oxfmt", "--check", "."] },
    { name: "lint", command: ["oxlint", "--type-aware", "--deny-warnings"] },
    { name: "types", command: ["turbo", "run", "typecheck", "--output-logs=errors-only"] },
    { name: "types of scripts", command: ["tsc", "-p", "tsconfig.json"] },
    { name: "dead code", command: ["knip"] },
    { name: "tests", vitest: projects },
  ]),
);

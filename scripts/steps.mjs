/* Runs named steps one after the other and sums up the tests at the end. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
/** No program of ours tells anyone that it ran. */
process.env["TURBO_TELEMETRY_DISABLED"] = "1";
process.env["DO_NOT_TRACK"] = "1";

const vitestCli = join(root, "node_modules", "vitest", "vitest.mjs");

/**
 * @typedef {{name: string, command?: string[], vitest?: string[]}} Step
 * @param {Step[]} steps
 * @returns {number} exit code
 */
export function runSteps(steps) {
  const report = mkdtempSync(join(tmpdir(), "tillsync-check-"));
  let code = 0;
  for (const step of steps) {
    const started = performance.now();
    const done = step.vitest === undefined ? run(step.command ?? []) : runVitest(step.vitest, join(report, "tests.json"));
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(`${done === 0 ? "ok    " : "FAILED"} ${step.name} (${seconds} s)`);
    if (step.vitest !== undefined) printTotals(join(report, "tests.json"));
    if (done !== 0) {
      code = 1;
      break;
    }
  }
  rmSync(report, { recursive: true, force: true });
  return code;
}

/** @param {string[]} command */
function run([program = "", ...args]) {
  return spawnSync(program, args, { cwd: root, stdio: "inherit", shell: process.platform === "win32" }).status ?? 1;
}

/**
 * @param {string[]} projects
 * @param {string} file
 */
function runVitest(projects, file) {
  const args = [
    "run",
    ...projects.flatMap((name) => ["--project", name]),
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${file}`,
  ];
  return spawnSync(process.execPath, [vitestCli, ...args], { cwd: root, stdio: "inherit" }).status ?? 1;
}

/** @param {string} file */
function printTotals(file) {
  try {
    const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(readFileSync(file, "utf8"));
    console.log(`${numPassedTests} passed, ${numFailedTests} failed, ${numPendingTests} skipped`);
  } catch {
    console.log("0 passed, 1 failed");
  }
}

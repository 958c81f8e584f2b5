/* Runs named steps one after the other, and the lanes of a step side by side; sums up the tests at the end. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
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
 * `lanes`: what each of several vitest processes gets besides the projects; without it there is one.
 * @typedef {{name: string, command?: string[], vitest?: string[], lanes?: string[][]}} Step
 * @param {Step[]} steps
 * @returns {Promise<number>} exit code
 */
export async function runSteps(steps) {
  const report = mkdtempSync(join(tmpdir(), "tillsync-check-"));
  let code = 0;
  for (const step of steps) {
    const started = performance.now();
    const lanes = (step.lanes ?? [[]]).map((args, lane) => ({ args, file: join(report, `tests-${lane}.json`) }));
    const done = step.vitest === undefined ? run(step.command ?? []) : await runVitest(step.vitest, lanes);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(`${done === 0 ? "ok    " : "FAILED"} ${step.name} (${seconds} s)`);
    if (step.vitest !== undefined) printTotals(lanes.map(({ file }) => file));
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
 * @param {{args: string[], file: string}[]} lanes
 */
async function runVitest(projects, lanes) {
  const codes = await Promise.all(
    lanes.map(async ({ args, file }) => {
      const own = ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
      const all = ["run", ...projects.flatMap((name) => ["--project", name]), ...own, ...args];
      const child = spawn(process.execPath, [vitestCli, ...all], { cwd: root, stdio: "inherit" });
      const [code] = await once(child, "exit");
      return code ?? 1;
    }),
  );
  return Math.max(...codes);
}

/** @param {string[]} files */
function printTotals(files) {
  const totals = files.map(readTotals);
  const sum = (/** @type {"passed" | "failed" | "skipped"} */ what) => totals.reduce((total, of) => total + of[what], 0);
  console.log(`${sum("passed")} passed, ${sum("failed")} failed, ${sum("skipped")} skipped`);
}

/** @param {string} file */
function readTotals(file) {
  try {
    const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(readFileSync(file, "utf8"));
    return { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests };
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

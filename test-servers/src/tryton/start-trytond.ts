import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { runProcess, untilReady, type RunningProcess } from "../process/run-process.ts";
import { DATABASE } from "./company.ts";
import { GUNICORN, PYTHON } from "./programs.ts";

const START_MAX_MS = 60_000;
/** Processes that answer, as many as the shop of the generated days has work for. Tryton's own server is one process, for trying out. */
const PROCESSES = 2;
/** Gunicorn kills a process whose answer takes longer; a client gives up before. */
const ANSWER_MAX_S = 180;

/** Tryton's configuration: a database server on the loopback. */
export function writeConfig(file: string, databaseUrl: string): void {
  const uri = new URL("/", databaseUrl.replace(/^postgres:/, "postgresql:"));
  const database = `[database]\nuri = ${uri.href}\nlanguage = en\n`;
  writeFileSync(file, `${database}[session]\nmax_attempt = 5\n`, { mode: 0o600 });
}

export interface RunningTrytond {
  readonly process: RunningProcess;
  /** All processes at once, as a power cut does. */
  readonly kill: () => Promise<void>;
}

/** Starts the server and waits until it answers; what it says goes to a log beside its state. */
export async function startTrytond(folder: string, config: string, port: number): Promise<RunningTrytond> {
  const logFile = join(folder, "trytond.log");
  const args = [GUNICORN, "-w", String(PROCESSES), "-b", `127.0.0.1:${port}`, "-t", String(ANSWER_MAX_S), "--log-level", "warning"];
  const env = { TRYTOND_CONFIG: config, TRYTOND_DATABASE_NAMES: DATABASE };
  const server = runProcess(PYTHON, [...args, "trytond.application:app"], { cwd: folder, logFile, env });
  const kill = async (): Promise<void> => {
    const workers = childrenOf(server.pid);
    await server.end("SIGKILL");
    for (const worker of workers) killOne(worker);
  };
  try {
    await untilReady(server, () => answers(port), logFile, START_MAX_MS);
  } catch (error) {
    await kill();
    throw error;
  }
  return { process: server, kill };
}

const childrenOf = (pid: number): number[] => {
  try {
    return execFileSync("ps", ["-o", "pid=", "--ppid", String(pid)], { encoding: "utf8" })
      .trim()
      .split(/\s+/)
      .filter(Boolean)
      .map(Number);
  } catch {
    // `ps` fails when there is none.
    return [];
  }
};

function killOne(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It went with its parent.
  }
}

async function answers(port: number): Promise<boolean> {
  const body = JSON.stringify({ id: 1, method: "common.server.version", params: [] });
  const init = { method: "POST", headers: { "content-type": "application/json" }, body, signal: AbortSignal.timeout(2_000) };
  return fetch(`http://127.0.0.1:${port}/`, init).then(
    (answer) => answer.ok,
    () => false,
  );
}

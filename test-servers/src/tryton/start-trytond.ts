import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { runProcess, untilReady, type RunningProcess } from "../process/run-process.ts";
import { DATABASE } from "./company.ts";
import { PYTHON, TRYTOND } from "./programs.ts";

const START_MAX_MS = 60_000;

/** Tryton's configuration: SQLite files in `folder`, loopback only. */
export function writeConfig(file: string, folder: string, port: number): void {
  const web = `[web]\nlisten = 127.0.0.1:${port}\n`;
  const database = `[database]\nuri = sqlite://\npath = ${folder}\nlanguage = en\n`;
  writeFileSync(file, `${web}${database}[session]\nmax_attempt = 5\n`, { mode: 0o600 });
}

/** Starts the server and waits until it answers; what it says goes to a log beside its state. */
export async function startTrytond(folder: string, config: string, port: number): Promise<RunningProcess> {
  const logFile = join(folder, "trytond.log");
  const server = runProcess(PYTHON, [TRYTOND, "-c", config, "-d", DATABASE], { cwd: folder, logFile });
  try {
    await untilReady(server, () => answers(port), logFile, START_MAX_MS);
  } catch (error) {
    await server.end("SIGKILL");
    throw error;
  }
  return server;
}

async function answers(port: number): Promise<boolean> {
  const body = JSON.stringify({ id: 1, method: "common.server.version", params: [] });
  const init = { method: "POST", headers: { "content-type": "application/json" }, body, signal: AbortSignal.timeout(2_000) };
  return fetch(`http://127.0.0.1:${port}/`, init).then(
    (answer) => answer.ok,
    () => false,
  );
}

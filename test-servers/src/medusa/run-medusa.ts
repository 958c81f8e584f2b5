import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePorts } from "../process/free-port.ts";
import { runProcess, untilReady, type RunningProcess } from "../process/run-process.ts";

/** 5 s on a quiet machine. */
const START_MAX_MS = 180_000;
const COMMAND_MAX_MS = 300_000;
const CLI = "node_modules/@medusajs/cli/cli.js";

export interface MedusaPlace {
  /** Where the packages are. */
  readonly app: string;
  readonly databaseUrl: string;
  /** Signs its sessions. */
  readonly secret: string;
}

const environment = ({ app, databaseUrl, secret }: MedusaPlace): Record<string, string> => ({
  PATH: process.env["PATH"] ?? "",
  HOME: app,
  NODE_ENV: "production",
  MEDUSA_DISABLE_TELEMETRY: "1",
  DATABASE_URL: databaseUrl,
  TILLSYNC_MEDUSA_SECRET: secret,
});

/** Runs one command of Medusa's program to its end. */
export async function runCommand(place: MedusaPlace, args: readonly string[]): Promise<void> {
  await promisify(execFile)(process.execPath, [CLI, ...args], { cwd: place.app, env: environment(place), timeout: COMMAND_MAX_MS });
}

export interface RunningMedusa {
  readonly port: number;
  readonly process: RunningProcess;
}

/** Starts the server, and resolves when it answers. */
export async function startMedusa(place: MedusaPlace, logFolder: string, port?: number): Promise<RunningMedusa> {
  const [free = 0] = await freePorts(1);
  const on = port ?? free;
  const logFile = join(logFolder, "medusa.log");
  const args = [CLI, "start", "-H", "127.0.0.1", "-p", String(on)];
  const server = runProcess(process.execPath, args, { cwd: place.app, env: environment(place), logFile });
  await untilReady(server, () => answers(on), logFile, START_MAX_MS);
  return { port: on, process: server };
}

async function answers(port: number): Promise<boolean> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/health`, { signal: AbortSignal.timeout(2_000) });
    await answer.arrayBuffer();
    return answer.ok;
  } catch {
    return false;
  }
}

import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

/** A fresh start takes 3 to 5 s on a quiet machine. */
const START_MS = 120_000;
const STOP_MS = 15_000;
const POLL_MS = 100;

export interface ServerProcess {
  readonly pid: number;
  readonly port: number;
  /** As a power cut does. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the server program of `app` on the state in `state`, and resolves when it answers. Throws with the end of its log. */
export async function runServer(
  app: string,
  state: string,
  options: { port?: number | undefined; adminPassword: string; populate?: boolean },
): Promise<ServerProcess> {
  const port = options.port ?? (await freePort());
  mkdirSync(state, { recursive: true, mode: 0o700 });
  const logFile = join(state, "vendure.log");
  const log = openSync(logFile, "a", 0o600);
  const child = spawn(process.execPath, [join(app, "server.mjs")], {
    cwd: app,
    detached: true,
    stdio: ["ignore", log, log],
    env: {
      PATH: process.env["PATH"],
      HOME: state,
      VENDURE_DISABLE_TELEMETRY: "true",
      VENDURE_FOLDER: state,
      VENDURE_PORT: String(port),
      VENDURE_ADMIN_PASSWORD: options.adminPassword,
      VENDURE_POPULATE: options.populate === true ? "1" : "0",
    },
  });
  closeSync(log);
  child.unref();
  const exited = once(child, "exit");
  const { pid } = child;
  if (pid === undefined) throw new Error("Vendure cannot be started: no process");
  const end = async (signal: "SIGKILL" | "SIGTERM"): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    const timer = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
    await exited;
    clearTimeout(timer);
  };
  const untilMs = Date.now() + START_MS;
  while (!(await answers(port))) {
    if (child.exitCode !== null || child.signalCode !== null || Date.now() > untilMs) {
      await end("SIGKILL");
      throw new Error(`Vendure does not start: ${readFileSync(logFile, "utf8").slice(-2_000)}`);
    }
    await delay(POLL_MS);
  }
  return { pid, port, kill: () => end("SIGKILL"), stop: () => end("SIGTERM") };
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

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

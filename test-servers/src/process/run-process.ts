import { spawn } from "node:child_process";
import { once } from "node:events";
import { openSync, closeSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

/** A program that runs on, with its output in a file. */
export interface RunningProcess {
  readonly pid: number;
  readonly isAlive: () => boolean;
  /** Sends the signal, to `pid` where that is a child which does the work, and resolves when the program is gone. It is killed when it does not go. */
  readonly end: (signal: "SIGTERM" | "SIGINT" | "SIGKILL", pid?: number) => Promise<void>;
}

/** A server that is asked to stop and does not. */
const GRACE_MS = 20_000;

export interface ProcessOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Gets what it prints; begun anew. */
  readonly logFile: string;
  readonly uid?: number;
  readonly gid?: number;
}

/** Starts a program in a session of its own. It gets `PATH` and what is named, nothing else of our environment. */
export function runProcess(command: string, args: readonly string[], options: ProcessOptions): RunningProcess {
  const log = openSync(options.logFile, "w");
  const child = spawn(command, [...args], {
    cwd: options.cwd,
    env: { PATH: process.env["PATH"] ?? "", ...options.env },
    stdio: ["ignore", log, log],
    detached: true,
    ...(options.uid === undefined ? {} : { uid: options.uid }),
    ...(options.gid === undefined ? {} : { gid: options.gid }),
  });
  closeSync(log);
  child.on("error", () => undefined);
  const isAlive = (): boolean => child.pid !== undefined && child.exitCode === null && child.signalCode === null;
  return {
    pid: child.pid ?? 0,
    isAlive,
    end: async (signal, pid = child.pid ?? 0) => {
      if (!isAlive()) return;
      const gone = once(child, "exit");
      process.kill(pid, signal);
      const timer = setTimeout(() => process.kill(pid, "SIGKILL"), GRACE_MS);
      await gone;
      clearTimeout(timer);
    },
  };
}

/** Asks `ready` until it says so; fails with the end of the log when the process ends or `maxMs` have passed. */
export async function untilReady(server: RunningProcess, ready: () => Promise<boolean>, logFile: string, maxMs: number): Promise<void> {
  for (const end = performance.now() + maxMs; ;) {
    if (await ready()) return;
    if (!server.isAlive() || performance.now() > end) throw new Error(`it did not start: ${readFileSync(logFile, "utf8").slice(-2_000)}`);
    await delay(100);
  }
}

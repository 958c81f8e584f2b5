import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** The programs as a user starts them: their bins, by the Node that runs this. */
const BIN = {
  cloud: fileURLToPath(new URL("../../../apps/cloud-sync/bin/cloud-sync.mjs", import.meta.url)),
  agent: fileURLToPath(new URL("../../../apps/edge-agent/bin/edge-agent.mjs", import.meta.url)),
  receiver: fileURLToPath(new URL("../../../examples/src/receivers/main.ts", import.meta.url)),
} as const;

const COMMAND_DEADLINE_MS = 300_000;
const READY_DEADLINE_MS = 120_000;
const STOP_DEADLINE_MS = 15_000;
/** Last output of a child kept for the message of a failed test. */
const TAIL_CHARS = 8_000;

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command to its end. A deadline ends it with SIGKILL; what it printed is kept. */
export async function run(program: keyof typeof BIN, args: readonly string[], env: Record<string, string> = {}): Promise<Ran> {
  const child = spawnProgram(program, args, env);
  const timer = setTimeout(() => child.kill("SIGKILL"), COMMAND_DEADLINE_MS);
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout?.on("data", (chunk: Buffer) => stdout.push(chunk));
  child.stderr?.on("data", (chunk: Buffer) => stderr.push(chunk));
  const [code] = (await once(child, "close")) as [number | null];
  clearTimeout(timer);
  return { code: code ?? 137, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() };
}

/** Runs a command that must succeed and print one JSON document. */
export async function runJson<T>(program: keyof typeof BIN, args: readonly string[], env: Record<string, string> = {}): Promise<T> {
  const ran = await run(program, [...args, "--json"], env);
  if (ran.code !== 0) throw new Error(`${program} ${args.join(" ")} exited ${ran.code}\n${ran.stdout}\n${ran.stderr.slice(-TAIL_CHARS)}`);
  return JSON.parse(ran.stdout) as T;
}

/** A program that stays up. */
export interface Running {
  readonly pid: number;
  /** What it printed as its one JSON document when it was ready. */
  readonly ready: Record<string, unknown>;
  readonly exited: Promise<number | null>;
  /** `undefined` while it runs; `null` when a signal ended it. */
  readonly exitCode: () => number | null | undefined;
  readonly kill: (signal: NodeJS.Signals) => void;
  /** SIGTERM, then SIGKILL past the deadline; resolves when it is gone. */
  readonly stop: () => Promise<void>;
  readonly output: () => string;
}

/** Starts a program and waits for its JSON ready line. Rejects with its output when it ends first or takes too long. */
export async function start(program: keyof typeof BIN, args: readonly string[], env: Record<string, string> = {}): Promise<Running> {
  const child = spawnProgram(program, [...args, "--json"], env);
  let tail = "";
  const keep = (chunk: Buffer): void => void (tail = (tail + chunk.toString()).slice(-TAIL_CHARS));
  child.stderr?.on("data", keep);
  const exited = new Promise<number | null>((resolve) => child.once("exit", (code) => resolve(code)));
  const ready = await firstJson(child, () => tail);
  child.stdout?.on("data", keep);
  return {
    pid: child.pid ?? 0,
    ready,
    exited,
    exitCode: () => (child.exitCode === null && child.signalCode === null ? undefined : child.exitCode),
    kill: (signal) => void child.kill(signal),
    stop: () => stop(child, exited),
    output: () => tail,
  };
}

function spawnProgram(program: keyof typeof BIN, args: readonly string[], env: Record<string, string>): ChildProcess {
  const command = ["--conditions=tillsync-source", "--disable-warning=ExperimentalWarning", BIN[program], ...args];
  return spawn(process.execPath, command, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...env } });
}

async function firstJson(child: ChildProcess, tail: () => string): Promise<Record<string, unknown>> {
  let text = "";
  return await new Promise((resolve, reject) => {
    const fail = (why: string): void => reject(new Error(`${why}\n${text}\n${tail()}`));
    const timer = setTimeout(() => (child.kill("SIGKILL"), fail("not ready in time")), READY_DEADLINE_MS);
    child.once("exit", (code) => (clearTimeout(timer), fail(`ended with ${String(code)} before it was ready`)));
    child.stdout?.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      try {
        resolve(JSON.parse(text) as Record<string, unknown>);
        clearTimeout(timer);
      } catch {
        // not complete yet
      }
    });
  });
}

async function stop(child: ChildProcess, exited: Promise<number | null>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), STOP_DEADLINE_MS);
  await exited;
  clearTimeout(timer);
}

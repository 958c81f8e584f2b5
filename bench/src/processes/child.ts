import { spawn, type ChildProcess, type SpawnOptions } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { within } from "../measure/time-limit.ts";

const STOP_MS = 15_000;
const TEXT_KEPT = 4_000;

/** Every process that the bench started and that still runs; they are stopped by their ids, whatever happens. */
const running = new Set<ChildProcess>();

/** A process of the bench: what it said on stderr, and how it is stopped. */
export interface BenchProcess {
  readonly pid: number;
  readonly process: ChildProcess;
  /** The end of what it wrote to stdout and stderr, for error messages. */
  text(): string;
  /** SIGTERM, and SIGKILL after 15 s. Safe to call again. */
  stop(): Promise<void>;
}

export function startProcess(command: string, args: readonly string[], options: SpawnOptions = {}): BenchProcess {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], ...options });
  running.add(child);
  child.once("exit", () => running.delete(child));
  let text = "";
  const keep = (chunk: Buffer): void => {
    text = (text + chunk.toString()).slice(-TEXT_KEPT);
  };
  child.stdout?.on("data", keep);
  child.stderr?.on("data", keep);
  child.on("error", (error) => keep(Buffer.from(error.message)));
  if (child.pid === undefined) throw new Error(`cannot start ${command}`);
  return { pid: child.pid, process: child, text: () => text, stop: () => stopProcess(child) };
}

async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill("SIGTERM");
  try {
    await within(STOP_MS, "stopping a process", gone);
  } catch {
    child.kill("SIGKILL");
    await gone;
  }
}

/** Kills what still runs, at once: for the bench's own end by a signal. */
export function killRunning(): void {
  for (const child of running) child.kill("SIGKILL");
}

/** Waits until a process ends; throws with the end of its text unless it ended well. */
export async function finished(started: BenchProcess, timeoutMs: number, what: string): Promise<void> {
  const child = started.process;
  if (child.exitCode === null && child.signalCode === null) await within(timeoutMs, what, once(child, "exit"));
  if (child.exitCode !== 0) throw new Error(`${what} ended with ${child.exitCode ?? child.signalCode}: ${started.text().trim()}`);
}

/** A script of the bench in a process of its own, which speaks over the channel of `worker.ts`. */
export interface Script extends BenchProcess {
  /** The next message that it sends; throws when it ends before, or takes too long. */
  next(timeoutMs: number): Promise<unknown>;
  send(message: unknown): void;
}

/** Starts a script with `input` as its argument (JSON). `cwd` decides where its modules are looked up only through its own path. */
export function startScript(script: URL, input: unknown, nodeOptions: readonly string[] = []): Script {
  const path = fileURLToPath(script);
  const args = ["--conditions=tillsync-source", "--disable-warning=ExperimentalWarning", ...nodeOptions, path, JSON.stringify(input)];
  const started = startProcess(process.execPath, args, {
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    env: { MALLOC_ARENA_MAX: "1", ...process.env },
  });
  const messages = queueOf(started);
  return {
    ...started,
    next: (timeoutMs) => within(timeoutMs, `a message of ${path}`, messages()),
    send: (message) => void started.process.send?.(message as object),
  };
}

/** Runs a script to its end and returns its one message. Its shape is the script's promise: both are parts of the bench. */
export async function runScript<Result>(
  script: URL,
  input: unknown,
  timeoutMs: number,
  nodeOptions: readonly string[] = [],
): Promise<Result> {
  const started = startScript(script, input, nodeOptions);
  try {
    const result = await started.next(timeoutMs);
    await finished(started, STOP_MS, fileURLToPath(script));
    return result as Result;
  } finally {
    await started.stop();
  }
}

function queueOf(started: BenchProcess): () => Promise<unknown> {
  const arrived: unknown[] = [];
  let waiting: { resolve: (message: unknown) => void; reject: (error: Error) => void } | undefined;
  const ended = (): Error => new Error(`process ${started.pid} ended: ${started.text().trim()}`);
  started.process.on("message", (message) => {
    if (waiting === undefined) arrived.push(message);
    else waiting.resolve(message);
    waiting = undefined;
  });
  started.process.once("close", () => waiting?.reject(ended()));
  return () =>
    new Promise((resolve, reject) => {
      if (arrived.length > 0) resolve(arrived.shift());
      else if (started.process.exitCode !== null) reject(ended());
      else waiting = { resolve, reject };
    });
}

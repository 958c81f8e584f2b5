import { spawn } from "node:child_process";
import { TillsyncError } from "@tillsync/sync-protocol";

/** What a command that runs apart may print: a bundle, and room. */
const OUTPUT_BYTES_MAX = 16 * 1024 * 1024;

export interface ApartOptions {
  /** Program and first arguments of this agent's own command line. */
  readonly command: readonly [string, ...string[]];
  readonly args: readonly string[];
  readonly deadlineMs: number;
  /** Ends it before its time. */
  readonly signal: AbortSignal;
}

/**
 * Runs one of the agent's own commands as a process beside it and gives what it printed, whatever its exit code: what takes
 * seconds or meets a damaged file holds up no sale and ends no agent. Throws `wire.deadline`, `wire.too-large`, and
 * `support.command-failed` when it cannot be started or dies.
 */
export function runApart(options: ApartOptions): Promise<Buffer> {
  const [program, ...first] = options.command;
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...first, ...options.args], { stdio: ["ignore", "pipe", "ignore"], windowsHide: true });
    const chunks: Buffer[] = [];
    let size = 0;
    const fail = (error: TillsyncError): void => {
      child.kill("SIGKILL");
      reject(error);
    };
    const timer = setTimeout(() => fail(new TillsyncError("wire.deadline", options.args[0])), options.deadlineMs);
    const stop = (): void => fail(new TillsyncError("agent.stopping"));
    options.signal.addEventListener("abort", stop, { once: true });
    if (options.signal.aborted) stop();
    child.stdout.on("data", (chunk: Buffer) => {
      size += chunk.length;
      chunks.push(chunk);
      if (size > OUTPUT_BYTES_MAX) fail(new TillsyncError("wire.too-large", `${size} bytes`));
    });
    child.on("error", (cause) => fail(new TillsyncError("support.command-failed", options.args[0], { cause })));
    child.on("close", (code) => {
      clearTimeout(timer);
      options.signal.removeEventListener("abort", stop);
      if (code === null) reject(new TillsyncError("support.command-failed", `${options.args[0]} was ended`));
      else resolve(Buffer.concat(chunks));
    });
  });
}

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const BIN = fileURLToPath(new URL("../../bin/cloud-sync.mjs", import.meta.url));

export interface CloudProcess {
  readonly url: string;
  readonly child: ChildProcess;
  /** Ends it with a signal and gives its exit code (null when killed). */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

/** `cloud-sync serve` as a process of its own, ready; for tests of what only a process can show. */
export async function serveCloud(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<CloudProcess> {
  const child = spawn(process.execPath, [BIN, "serve", "--port", "0", "--json", ...args], {
    env: { ...process.env, TILLSYNC_LOG_LEVEL: "error", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  const exited = once(child, "exit");
  const first = await Promise.race([once(createInterface(child.stdout), "line"), exited.then(() => undefined)]);
  if (first === undefined) throw new Error(`cloud-sync ended: ${errors}`);
  const { url } = JSON.parse(String(first[0])) as { url?: string };
  if (url === undefined) throw new Error(`cloud-sync did not start: ${String(first[0])} ${errors}`);
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    child.kill(signal);
    await exited;
    return child.exitCode;
  };
  return { url, child, end };
}

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** One command, to its end. */
export async function runCommand(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<CommandResult> {
  const child = spawn(process.execPath, [BIN, ...args], { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  await once(child, "close");
  return { code: child.exitCode ?? -1, stdout, stderr };
}

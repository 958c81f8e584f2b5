import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: Record<string, string>;
  readonly cwd?: string;
}

const DEADLINE_MS = 120_000;
/** Another suite may be installing packages meanwhile. */
const LOCK_TRIES = 240;
const LOCK_WAIT_MS = 500;

/** What a login shell of a plain system would have. */
export const PLAIN_ENV = {
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  LANG: "C.UTF-8",
  DEBIAN_FRONTEND: "noninteractive",
};

/** Runs a program to its end, with nothing of this process's environment. */
export async function run(argv: readonly [string, ...string[]], { env = {}, cwd = "/" }: RunOptions = {}): Promise<Ran> {
  const [file, ...args] = argv;
  const child = spawn(file, args, { cwd, env: { ...PLAIN_ENV, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  const timer = setTimeout(() => child.kill("SIGKILL"), DEADLINE_MS);
  const text = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk: Buffer) => (text.stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (text.stderr += chunk.toString()));
  const [code] = (await once(child, "close")) as [number | null];
  clearTimeout(timer);
  return { code, ...text };
}

/** Runs a program that must succeed; answers what it printed. */
export async function must(argv: readonly [string, ...string[]], options: RunOptions = {}): Promise<string> {
  const ran = await run(argv, options);
  if (ran.code !== 0) throw new Error(`${argv.join(" ")} exited ${ran.code}\n${ran.stdout}${ran.stderr}`);
  return ran.stdout;
}

/** Runs `dpkg`, and waits for its turn. Answers all that it and the package's scripts said. */
export async function dpkg(args: readonly string[], options: RunOptions = {}): Promise<string> {
  for (let i = 0; ; i += 1) {
    const { code, stdout, stderr } = await run(["dpkg", ...args], options);
    if (code === 0) return stdout + stderr;
    if (!stderr.includes("lock") || i === LOCK_TRIES) throw new Error(`dpkg ${args.join(" ")} exited ${code}\n${stdout}${stderr}`);
    await delay(LOCK_WAIT_MS);
  }
}

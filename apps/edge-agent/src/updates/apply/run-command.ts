import { execFile } from "node:child_process";

/** A packager's scripts wait for a service that ends in order; more than this is a prompt that nobody answers. */
const COMMAND_DEADLINE_MS = 10 * 60_000;
const OUTPUT_BYTES_MAX = 4 * 1024 * 1024;
/** Of what a command said on its way down. */
const DETAIL_CHARS_MAX = 500;

export class CommandFailed extends Error {}

/** Runs a program of the system with a bare environment. Resolves with what it wrote; rejects with `CommandFailed`. */
export function runCommand(file: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = {
      timeout: COMMAND_DEADLINE_MS,
      killSignal: "SIGKILL" as const,
      maxBuffer: OUTPUT_BYTES_MAX,
      cwd: "/",
      env: {
        PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        LC_ALL: "C.UTF-8",
        HOME: "/",
        DEBIAN_FRONTEND: "noninteractive",
      },
    };
    execFile(file, args, options, (error, stdout, stderr) => {
      if (error === null) return resolve(stdout);
      reject(new CommandFailed(`${file}: ${(stderr.trim() || error.message).slice(-DETAIL_CHARS_MAX)}`, { cause: error }));
    }).stdin?.end();
  });
}

/** One word for a shell, whatever is in it. */
export const shellWord = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

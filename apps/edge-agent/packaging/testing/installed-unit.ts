import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { readUnit, readWords } from "../../src/service/read-unit.ts";
import { must, PLAIN_ENV } from "./tools.ts";

/** A service that runs as its unit says, without systemd: user, groups, limits, folders, environment and command line are the unit's. */
export interface RunningUnit {
  readonly pid: number;
  readonly log: () => string;
  readonly exited: Promise<number | null>;
  /** SIGTERM as systemd sends it, SIGKILL once the unit's own deadline is over. */
  readonly stop: () => Promise<void>;
}

/**
 * Starts the unit at `path`. What a unit of systemd has beyond this - its namespaces, system call filter and cgroup - is not
 * there: `setpriv` and `prlimit` know users, groups, capabilities and limits alone.
 */
export async function startUnit(path: string): Promise<RunningUnit> {
  const unit = readUnit(readFileSync(path, "utf8"));
  const one = (name: string): string => unit.get(name)?.at(-1) ?? "";
  const [user, group] = [one("User"), one("Group")];
  const runtime = `/run/${one("RuntimeDirectory")}`;
  mkdirSync(runtime, { recursive: true });
  chmodSync(runtime, Number.parseInt(one("RuntimeDirectoryMode"), 8));
  await must(["chown", `${user}:${group}`, runtime]);
  const rights = [`--reuid=${user}`, `--regid=${group}`, `--groups=${one("SupplementaryGroups")}`, "--no-new-privs"];
  const none = ["--bounding-set=-all", "--inh-caps=-all", "--ambient-caps=-all"];
  const limits = [`--core=${one("LimitCORE")}`, `--nofile=${one("LimitNOFILE")}`];
  const command = ["prlimit", ...limits, "setpriv", ...rights, ...none, "--", ...readWords(one("ExecStart"))];
  const mask = `umask ${one("UMask")}; exec "$@"`;
  const child = spawn("sh", ["-c", mask, "sh", ...command], {
    cwd: "/",
    env: { ...PLAIN_ENV, ...environmentFile(one("EnvironmentFile")) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let log = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (log += chunk.toString()));
  const exited = new Promise<number | null>((resolve) => child.once("exit", (code) => resolve(code)));
  return { pid: child.pid ?? 0, log: () => log, exited, stop: () => stop(child, Number(one("TimeoutStopSec")) * 1_000, runtime) };
}

function environmentFile(setting: string): Record<string, string> {
  const path = setting.replace(/^-/u, "");
  if (!existsSync(path)) return {};
  const lines = readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => /^[A-Za-z_]\w*=/u.test(line));
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]));
}

async function stop(child: ChildProcess, deadlineMs: number, runtime: string): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const gone = once(child, "exit");
    child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), deadlineMs);
    await gone;
    clearTimeout(timer);
  }
  rmSync(runtime, { recursive: true, force: true });
}

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** A program that goes on running, such as an agent. */
interface Service {
  readonly name: string;
  /** Waits for the first line on its standard output that `read` can use. Fails when it ends first, or after `deadlineMs`. */
  readonly firstLine: <T>(read: (line: string) => T | undefined, deadlineMs: number) => Promise<T>;
}

/** The tour's child processes: every one is known by its id, and none outlives the tour. */
export interface Crew {
  /** Starts a program that goes on. Should it end before `stopAll`, `onLost` of the crew hears of it. */
  start(name: string, program: string, args: readonly string[]): Service;
  /** Starts a program that may end when it likes, such as a window that a person closes. */
  visit(name: string, program: string, args: readonly string[]): Service;
  /** Runs a command to its end and gives its standard output. Fails with its last words when it exits with another code than 0. */
  run(name: string, program: string, args: readonly string[]): Promise<string>;
  /** Asks all to stop, and kills what is still there after some seconds. Safe to call twice. */
  stopAll(): Promise<void>;
}

const COMMAND_DEADLINE_MS = 60_000;
/** A cloud with a database of its own needs a moment to close it. */
const STOP_DEADLINE_MS = 10_000;
/** How much of a failed command's words is shown. */
const LAST_WORDS = 1_500;

interface Member {
  readonly name: string;
  readonly child: ChildProcess;
  readonly ended: Promise<string>;
  alive: boolean;
}

export function gatherCrew(folder: string, onLost: (reason: string) => void): Crew {
  const logs = join(folder, "logs");
  mkdirSync(logs, { recursive: true });
  const members: Member[] = [];
  let stopping = false;
  /* The last resort: whatever way this process takes to its end, the others go with it. */
  process.once("exit", () => {
    for (const member of members) kill(member, "SIGKILL");
  });
  const enlist = (name: string, program: string, args: readonly string[]): Member => {
    if (stopping) throw new Error("the tour is stopping");
    const member = launch(logs, name, program, args);
    members.push(member);
    return member;
  };
  return {
    start: (name, program, args) => {
      const member = enlist(name, program, args);
      const watch = async (): Promise<void> => {
        const how = await member.ended;
        if (!stopping) onLost(`${name} ended (${how}); see ${join(logs, `${name}.log`)}`);
      };
      void watch();
      return { name, firstLine: (read, deadlineMs) => findLine(member, read, deadlineMs) };
    },
    visit: (name, program, args) => {
      const member = enlist(name, program, args);
      void member.ended.then(() => members.splice(members.indexOf(member), 1));
      return { name, firstLine: (read, deadlineMs) => findLine(member, read, deadlineMs) };
    },
    run: async (name, program, args) => {
      const member = enlist(name, program, args);
      const stdout = collect(member.child.stdout);
      const stderr = collect(member.child.stderr);
      const late = setTimeout(() => kill(member, "SIGKILL"), COMMAND_DEADLINE_MS);
      const how = await member.ended;
      clearTimeout(late);
      members.splice(members.indexOf(member), 1);
      if (how !== "exit 0") throw new Error(`${name} failed (${how})\n${(stderr() + stdout()).slice(-LAST_WORDS)}`);
      return stdout();
    },
    stopAll: async () => {
      stopping = true;
      await Promise.all(members.map(stop));
    },
  };
}

function launch(logs: string, name: string, program: string, args: readonly string[]): Member {
  const child = spawn(process.execPath, [program, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    /* The same commands run over and over: what Node.js has compiled once is kept beside the logs. */
    env: { NODE_COMPILE_CACHE: join(logs, "..", "compiled"), ...process.env },
    /* A group of its own: Ctrl-C reaches the tour alone, which then stops the others in order. */
    detached: process.platform !== "win32",
  });
  const log = createWriteStream(join(logs, `${name}.log`), { flags: "a" });
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  const ended = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    /* Who hears of the end can read the whole log. */
    child.once("close", (code, signal) => void log.end(() => resolve(code === null ? String(signal) : `exit ${code}`)));
  });
  const member: Member = { name, child, ended, alive: true };
  child.once("close", () => {
    member.alive = false;
  });
  return member;
}

function collect(stream: ChildProcess["stdout"]): () => string {
  const chunks: Buffer[] = [];
  stream?.on("data", (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString("utf8");
}

async function findLine<T>(member: Member, read: (line: string) => T | undefined, deadlineMs: number): Promise<T> {
  const stdout = collect(member.child.stdout);
  const until = Date.now() + deadlineMs;
  for (;;) {
    const found = stdout()
      .split("\n")
      .slice(0, -1)
      .map(read)
      .find((value) => value !== undefined);
    if (found !== undefined) return found;
    if (!member.alive) throw new Error(`${member.name} ended before it was ready (${await member.ended})`);
    const left = until - Date.now();
    if (left <= 0) throw new Error(`${member.name} was not ready after ${deadlineMs / 1_000} s`);
    const waiting = new AbortController();
    await Promise.race([once(member.child.stdout ?? member.child, "data", waiting), member.ended, sleep(left, undefined, waiting)]);
    waiting.abort();
  }
}

async function stop(member: Member): Promise<void> {
  if (!member.alive) return;
  kill(member, "SIGTERM");
  const late = setTimeout(() => kill(member, "SIGKILL"), STOP_DEADLINE_MS);
  await member.ended;
  clearTimeout(late);
}

/** SIGTERM goes to the program, which winds up its own children; SIGKILL to its whole group. */
function kill({ child, alive }: Member, signal: "SIGTERM" | "SIGKILL"): void {
  if (!alive || child.pid === undefined) return;
  try {
    if (signal === "SIGKILL" && process.platform !== "win32") process.kill(-child.pid, signal);
    else child.kill(signal);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}

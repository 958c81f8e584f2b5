import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Commands } from "./remote.ts";

const REGISTER = fileURLToPath(new URL("./register.ts", import.meta.url));
const WAIT_MS = 20_000;

/** The program under test, run in a process of its own with the stand-in in Electron's place. */
export interface Desktop {
  readonly child: ChildProcess;
  readonly ask: <N extends keyof Commands>(name: N, ...args: Parameters<Commands[N]>) => Promise<Awaited<ReturnType<Commands[N]>>>;
  /** Runs text in the page. */
  readonly inPage: <T>(source: string) => Promise<T>;
  /** Asks until the answer fits; fails with the last one. */
  readonly until: <N extends "tray" | "window" | "recorded">(
    name: N,
    fits: (answer: Awaited<ReturnType<Commands[N]>>) => boolean,
  ) => Promise<Awaited<ReturnType<Commands[N]>>>;
  readonly errors: () => string;
  readonly stop: () => Promise<void>;
}

export interface StartOptions {
  readonly main: string;
  readonly browser: string;
  readonly door: string;
  readonly userData: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export function startDesktop({ main, browser, door, userData, args = [], env = {} }: StartOptions): Desktop {
  const child = fork(main, args, {
    execArgv: ["--conditions=tillsync-source", "--import", REGISTER],
    env: {
      ...process.env,
      TILLSYNC_DOOR: door,
      TILLSYNC_STAND_IN_BROWSER: browser,
      TILLSYNC_STAND_IN_USER_DATA: userData,
      XDG_CONFIG_HOME: userData,
      ...env,
    },
    stdio: ["ignore", "inherit", "pipe", "ipc"],
  });
  return driveDesktop(child);
}

/** Speaks with a program that runs with the stand-in and has a channel to this process. */
export function driveDesktop(child: ChildProcess): Desktop {
  let said = "";
  child.stderr?.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const waiting = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>();
  child.on("message", ({ id, result, error }: { id: number; result?: unknown; error?: string }) => {
    const one = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) one?.resolve(result as never);
    else one?.reject(new Error(error));
  });
  child.on("exit", () => {
    for (const { reject } of waiting.values()) reject(new Error(`the program ended:\n${said}`));
  });
  let last = 0;
  const ask: Desktop["ask"] = (name, ...given) =>
    new Promise((resolve, reject) => {
      last += 1;
      waiting.set(last, { resolve, reject });
      child.send({ id: last, name, args: given }, (error) => (error === null ? undefined : reject(error)));
    });
  return {
    child,
    ask,
    inPage: <T>(source: string) => ask("evaluate", source) as Promise<T>,
    until: async (name, fits) => {
      const end = Date.now() + WAIT_MS;
      for (;;) {
        const answer = (await (ask as (name: string) => Promise<unknown>)(name)) as never;
        if (fits(answer)) return answer;
        if (Date.now() > end) throw new Error(`${name} stayed ${JSON.stringify(answer)}\n${said}`);
        await delay(50);
      }
    },
    errors: () => said,
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill("SIGKILL");
      await once(child, "exit");
    },
  };
}

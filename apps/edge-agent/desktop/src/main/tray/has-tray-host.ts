import { execFile } from "node:child_process";

/** A session bus answers in milliseconds; one that does not is no panel's. */
const DEADLINE_MS = 3_000;
const WATCHER = "org.kde.StatusNotifierWatcher";

const QUESTIONS: readonly (readonly [program: string, args: readonly string[]])[] = [
  ["busctl", ["--user", "call", "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "NameHasOwner", "s", WATCHER]],
  [
    "gdbus",
    ["call", "--session", "-d", "org.freedesktop.DBus", "-o", "/org/freedesktop/DBus", "-m", "org.freedesktop.DBus.NameHasOwner", WATCHER],
  ],
];

/**
 * Whether somebody shows tray icons in this session. Windows and macOS always do. On Linux the session bus is asked for
 * the owner of the name that panels take (some desktops have none); where that cannot be asked, the answer is no: a window
 * too many is better than a program that cannot be found again.
 */
export async function hasTrayHost(platform: NodeJS.Platform = process.platform, questions = QUESTIONS): Promise<boolean> {
  if (platform !== "linux") return true;
  for (const [program, args] of questions) {
    const answer = await run(program, args);
    if (answer !== undefined) return answer.includes("true");
  }
  return false;
}

function run(program: string, args: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(program, args, { timeout: DEADLINE_MS }, (error, stdout) => resolve(error === null ? stdout : undefined));
  });
}

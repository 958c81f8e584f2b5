import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { readUnit, readWords } from "./read-unit.ts";
import { runTool } from "./steps.ts";
import { UNIT_FILE } from "./systemd-unit.ts";

/** What installing and looking need of a machine. A port, so that they are tested without one. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  /** -1 where users have no number. */
  readonly uid: number;
  readonly home: string;
  readonly exists: (path: string) => boolean;
  readonly read: (path: string) => string | undefined;
  /** Output of a tool; undefined when it fails or is not there. */
  readonly ask: (argv: readonly [string, ...string[]]) => Promise<string | undefined>;
}

export const thisMachine = (): Machine => ({
  platform: process.platform,
  uid: process.getuid?.() ?? -1,
  home: homedir(),
  exists: existsSync,
  read: (path) => (existsSync(path) ? readFileSync(path, "utf8") : undefined),
  ask: (argv) => runTool(argv).catch(() => undefined),
});

/** systemd's own sign that it runs the machine. */
const SYSTEMD_RUNS = "/run/systemd/system";
const PACKAGED_UNITS = ["/usr/lib/systemd/system", "/lib/systemd/system"];

export type Manager = "systemd" | "launchd" | "windows";

/** Which service manager runs here, or undefined. On Linux a person's own systemd counts where the machine's runs. */
export function managerOf(machine: Machine): Manager | undefined {
  if (machine.platform === "darwin") return "launchd";
  if (machine.platform === "win32") return "windows";
  return machine.exists(SYSTEMD_RUNS) ? "systemd" : undefined;
}

export interface InstalledUnit {
  readonly path: string;
  /** A package of the system brought it. */
  readonly packaged: boolean;
  readonly program: readonly string[];
  readonly user: string | null;
}

export const ownUnitFolder = (machine: Machine, personal: boolean): string =>
  personal ? join(machine.home, ".config/systemd/user") : "/etc/systemd/system";

/** The unit that is installed, and what it starts. One of /etc goes before a package's, as systemd reads them. */
export function installedUnit(machine: Machine, personal: boolean): InstalledUnit | undefined {
  for (const folder of [ownUnitFolder(machine, personal), ...(personal ? [] : PACKAGED_UNITS)]) {
    const path = join(folder, UNIT_FILE);
    const text = machine.read(path);
    if (text === undefined) continue;
    const unit = readUnit(text);
    return {
      path,
      packaged: PACKAGED_UNITS.includes(folder),
      program: readWords(unit.get("ExecStart")?.at(-1) ?? ""),
      user: unit.get("User")?.at(-1) ?? null,
    };
  }
  return undefined;
}

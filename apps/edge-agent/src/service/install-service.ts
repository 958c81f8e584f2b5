import { readdirSync } from "node:fs";
import { join } from "node:path";
import { TillsyncError } from "@tillsync/sync-protocol";
import { DATABASE_FILE } from "../store/open-store.ts";
import { installedUnit, managerOf, ownUnitFolder, type InstalledUnit, type Machine } from "./machine.ts";
import { planLaunchdInstall } from "./plan-launchd.ts";
import { planSystemdInstall } from "./plan-systemd.ts";
import { planWindowsInstall } from "./plan-windows.ts";
import { refuseWritableProgram } from "./program-safety.ts";
import type { ServiceSpec, SourceAccess } from "./service-spec.ts";
import type { Step } from "./steps.ts";

export interface InstallWish {
  readonly spec: ServiceSpec;
  readonly access: SourceAccess;
  /** Take the place of a service with another program or folder. */
  readonly replace: boolean;
  /** WinSW's program, on Windows. */
  readonly wrapper: string | undefined;
  /** Only say what would be done: nothing of this machine is asked for. */
  readonly printOnly: boolean;
}

/**
 * What to do so that this program is this machine's service. Throws `service.no-manager`, `service.not-root`,
 * `service.program-writable`, `service.other-program`, `service.user-missing`, and `usage.invalid` for a data folder that
 * holds something else.
 */
export async function planInstall(wish: InstallWish, machine: Machine): Promise<Step[]> {
  const { spec } = wish;
  const manager = managerOf(machine) ?? (wish.printOnly && machine.platform === "linux" ? "systemd" : undefined);
  if (manager === undefined) throw new TillsyncError("service.no-manager");
  if (manager === "windows") {
    if (wish.wrapper === undefined) throw new TillsyncError("usage.invalid", "--winsw FILE is needed on Windows");
    return planWindowsInstall(spec, wish.wrapper);
  }
  if (!wish.printOnly) refuseUnfit(spec, machine);
  const hasUser = spec.runAs === null || (await machine.ask(["id", "-u", spec.runAs.user])) !== undefined;
  if (manager === "launchd") {
    if (!hasUser) throw new TillsyncError("service.user-missing", spec.runAs?.user);
    const folder = spec.runAs === null ? join(machine.home, "Library/LaunchAgents") : "/Library/LaunchDaemons";
    return planLaunchdInstall(spec, { folder, uid: machine.uid });
  }
  const unit = installedUnit(machine, spec.runAs === null);
  const same = unit !== undefined && isSame(unit, spec);
  if (unit !== undefined && !same && !wish.replace) throw new TillsyncError("service.other-program", unit.program.join(" "));
  return planSystemdInstall(spec, wish.access, {
    unitFolder: ownUnitFolder(machine, spec.runAs === null),
    packaged: same && unit.packaged,
    hasUser,
  });
}

function refuseUnfit(spec: ServiceSpec, machine: Machine): void {
  refuseForeignFolder(spec.data, machine);
  if (spec.runAs === null) return;
  if (machine.uid !== 0) throw new TillsyncError("service.not-root");
  refuseWritableProgram(spec.node);
  refuseWritableProgram(spec.entry);
}

/** What is in the folder will belong to the service's user, so it must be the agent's. */
function refuseForeignFolder(dir: string, machine: Machine): void {
  if (!machine.exists(dir)) return;
  const names = readdirSync(dir);
  const ours = names.length === 0 || [DATABASE_FILE, "config.json", "keys"].some((name) => names.includes(name));
  if (!ours || dir === "/") throw new TillsyncError("usage.invalid", `--data ${dir} holds something else`);
}

const isSame = (unit: InstalledUnit, spec: ServiceSpec): boolean => {
  const [node, entry, , flag, data] = unit.program;
  return node === spec.node && entry === spec.entry && flag === "--data" && data === spec.data;
};

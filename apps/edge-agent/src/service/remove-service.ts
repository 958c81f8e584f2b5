import { existsSync } from "node:fs";
import { join } from "node:path";
import { TillsyncError } from "@tillsync/sync-protocol";
import { statusAtRest } from "../health/status-at-rest.ts";
import { openToRead } from "../store/open-to-read.ts";
import { DATABASE_FILE } from "../store/open-store.ts";
import { installedUnit, managerOf, ownUnitFolder, type Machine } from "./machine.ts";
import { planLaunchdRemove } from "./plan-launchd.ts";
import { planSystemdRemove } from "./plan-systemd.ts";
import { planWindowsRemove } from "./plan-windows.ts";
import type { ServiceSpec } from "./service-spec.ts";
import type { Step } from "./steps.ts";

export interface RemoveWish {
  readonly spec: ServiceSpec;
  readonly wrapper: string | undefined;
}

/** What to do so that the service is gone. Throws `service.no-manager`, `service.not-root`, `service.not-installed`, `service.packaged`. */
export function planRemove({ spec, wrapper }: RemoveWish, machine: Machine): Step[] {
  const manager = managerOf(machine);
  if (manager === undefined) throw new TillsyncError("service.no-manager");
  if (manager === "windows") {
    if (wrapper === undefined) throw new TillsyncError("usage.invalid", "--winsw FILE is needed on Windows");
    return planWindowsRemove(wrapper);
  }
  if (spec.runAs !== null && machine.uid !== 0) throw new TillsyncError("service.not-root");
  if (manager === "launchd") {
    const folder = spec.runAs === null ? join(machine.home, "Library/LaunchAgents") : "/Library/LaunchDaemons";
    return planLaunchdRemove(spec, { folder, uid: machine.uid });
  }
  const unit = installedUnit(machine, spec.runAs === null);
  if (unit === undefined) throw new TillsyncError("service.not-installed");
  if (unit.packaged) throw new TillsyncError("service.packaged", unit.path);
  return planSystemdRemove(spec, ownUnitFolder(machine, spec.runAs === null));
}

/** What to do so that nothing is left of a service that is removed: its data, and on Linux the accounts that were made for it. */
export function planPurge({ data, runAs }: ServiceSpec, machine: Machine): Step[] {
  const accounts =
    runAs === null || machine.platform !== "linux"
      ? []
      : [
          ["userdel", runAs.user],
          ["groupdel", runAs.user],
          ["groupdel", runAs.staffGroup],
        ];
  return [
    { do: "delete", path: data },
    ...accounts.map(([tool = "", name = ""]): Step => ({ do: "run", argv: [tool, name], orElse: "go-on" })),
  ];
}

/**
 * Entries of the folder that no cloud has acknowledged: 0 where nothing was ever captured. What cannot be read counts as
 * unsent (`undefined`): nobody can say that it is safe elsewhere.
 */
function unsentEntries(dir: string, now: () => number): number | undefined {
  if (!existsSync(join(dir, DATABASE_FILE))) return 0;
  try {
    const { upstreams, journal } = statusAtRest(dir, () => openToRead(dir, now));
    return upstreams.length === 0 ? journal.seq : Math.max(...upstreams.map(({ pending }) => pending));
  } catch (cause) {
    if (cause instanceof TillsyncError) return undefined;
    throw cause;
  }
}

/** Throws `service.unsent` while the folder holds what only this machine has. Ask once the agent has stopped. */
export function refuseUnsent(dir: string, now: () => number): void {
  const unsent = unsentEntries(dir, now);
  if (unsent !== 0) throw new TillsyncError("service.unsent", `${unsent ?? "an unknown number of"} entries in ${dir}`);
}

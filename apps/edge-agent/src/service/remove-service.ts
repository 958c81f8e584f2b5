import { join } from "node:path";
import { TillsyncError } from "@tillsync/sync-protocol";
import { z } from "zod";
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

const statusSchema = z.object({ upstreams: z.array(z.object({ pending: z.number() })).min(1) });

/**
 * Throws `service.unsent` while the folder holds what only this machine has; what cannot be read counts as that. Ask once
 * the agent has stopped. The folder is read by a process of its own, which gives up root's rights first: whoever owns the
 * folder can lay links in it.
 */
export async function refuseUnsent({ node, entry, data }: ServiceSpec, machine: Machine): Promise<void> {
  if (!machine.exists(join(data, DATABASE_FILE))) return;
  const said = statusSchema.safeParse(parseJson(await machine.ask([node, entry, "status", "--data", data, "--json"])));
  const unsent = said.success ? Math.max(...said.data.upstreams.map(({ pending }) => pending)) : undefined;
  if (unsent !== 0) throw new TillsyncError("service.unsent", `${unsent ?? "an unknown number of"} entries in ${data}`);
}

function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    return undefined;
  }
}

import { realpathSync } from "node:fs";
import { resolve } from "node:path";
import { TillsyncError } from "@tillsync/sync-protocol";
import { planInstall } from "../service/install-service.ts";
import { thisMachine, type Machine } from "../service/machine.ts";
import { planPurge, planRemove, refuseUnsent, type RemoveWish } from "../service/remove-service.ts";
import { SERVICE_USER, STAFF_GROUP, type ServiceSpec } from "../service/service-spec.ts";
import { printServiceStatus, readServiceStatus } from "../service/service-status.ts";
import { sourceAccess } from "../service/source-access.ts";
import { performSteps, printSteps, type Step } from "../service/steps.ts";
import type { Command } from "./command.ts";
import { readFlags, type FlagValues } from "./read-flags.ts";

const FLAGS = {
  user: { type: "boolean", default: false },
  "run-as": { type: "string" },
  "staff-group": { type: "string" },
  "source-folder": { type: "string", multiple: true },
  "source-group": { type: "string", multiple: true },
  winsw: { type: "string" },
  replace: { type: "boolean", default: false },
  print: { type: "boolean", default: false },
  purge: { type: "boolean", default: false },
  "forget-unsent": { type: "boolean", default: false },
} as const;

export const service: Command = {
  usage:
    "service install|remove|status --data DIR [--user] [--json]; install: [--source-folder DIR]... [--source-group GROUP]... [--run-as USER] " +
    "[--staff-group GROUP] [--replace] [--print] [--winsw FILE]; remove: [--purge [--forget-unsent]] [--winsw FILE]",
  summary:
    "makes the agent a service of this machine: systemd on Linux, launchd on macOS, WinSW on Windows. --source-folder and --source-group let it " +
    "read what the POS writes; --user makes a service of your own; --print only shows what would be done. remove keeps the data without --purge",
  run: async (args) => {
    const flags = readFlags(args, FLAGS, "any");
    const [verb, ...rest] = flags.positionals;
    if (rest.length > 0) throw new TillsyncError("usage.invalid", `${rest.length} words too many`);
    if (verb === "install") return install(flags);
    if (verb === "remove") return remove(flags);
    if (verb === "status") return status(flags);
    throw new TillsyncError("usage.invalid", "install, remove or status is needed");
  },
};

async function install(flags: FlagValues): Promise<number> {
  const access = sourceAccess(
    flags.texts("source-folder").map((folder) => resolve(folder)),
    flags.texts("source-group"),
  );
  const wrapper = flags.text("winsw");
  const wish = {
    spec: specOf(flags),
    access,
    replace: flags.has("replace"),
    wrapper: wrapper && resolve(wrapper),
    printOnly: flags.has("print"),
  };
  const steps = await planInstall(wish, thisMachine());
  if (flags.has("print")) console.log(flags.json ? JSON.stringify(steps) : printSteps(steps));
  else {
    await performSteps(steps);
    console.log(flags.json ? JSON.stringify({ installed: true }) : "the service is installed and runs");
  }
  return 0;
}

async function remove(flags: FlagValues): Promise<number> {
  const wrapper = flags.text("winsw");
  const spec = specOf(flags);
  const machine = thisMachine();
  await performSteps(stepsToRemove({ spec, wrapper: wrapper && resolve(wrapper) }, machine, flags.has("purge")));
  if (flags.has("purge")) {
    // Asked only now: until the agent had stopped, more could come.
    if (!flags.has("forget-unsent")) await refuseUnsent(spec, machine);
    await performSteps(planPurge(spec, machine));
  }
  console.log(flags.json ? JSON.stringify({ removed: true, purged: flags.has("purge") }) : "the service is removed");
  return 0;
}

/** To purge, the service may be gone already: what was refused the last time is then all that is left to do. */
function stepsToRemove(wish: RemoveWish, machine: Machine, purge: boolean): Step[] {
  try {
    return planRemove(wish, machine);
  } catch (cause) {
    if (purge && cause instanceof TillsyncError && cause.code === "service.not-installed") return [];
    throw cause;
  }
}

async function status(flags: FlagValues): Promise<number> {
  const found = await readServiceStatus(flags.data, flags.has("user"), thisMachine());
  console.log(flags.json ? JSON.stringify(found) : printServiceStatus(found));
  return found.agent === null ? 1 : 0;
}

function specOf(flags: FlagValues): ServiceSpec {
  const program = process.argv[1];
  if (program === undefined) throw new TillsyncError("internal.unexpected", "no program");
  const runAs = flags.has("user")
    ? null
    : { user: flags.text("run-as") ?? SERVICE_USER, staffGroup: flags.text("staff-group") ?? STAFF_GROUP };
  return { node: realpathSync(process.execPath), entry: realpathSync(program), data: flags.data, runAs };
}

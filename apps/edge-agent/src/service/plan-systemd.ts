import { join } from "node:path";
import type { ServiceSpec, SourceAccess } from "./service-spec.ts";
import type { Step } from "./steps.ts";
import { DROP_IN_FILE, systemdDropIn } from "./systemd-drop-in.ts";
import { systemdUnit, UNIT_FILE } from "./systemd-unit.ts";

/** What the machine has already. */
export interface SystemdFacts {
  /** Where units go that were not brought by a package. */
  readonly unitFolder: string;
  /** A package brought unit, user and folder: only what is of this machine is left to do. */
  readonly packaged: boolean;
  readonly hasUser: boolean;
}

/** What to do so that the service is there, enabled and running with this program. */
export function planSystemdInstall(spec: ServiceSpec, access: SourceAccess, facts: SystemdFacts): Step[] {
  const ctl = systemctl(spec);
  const dropIn = systemdDropIn(access);
  const dropInPath = join(facts.unitFolder, DROP_IN_FILE);
  return [
    ...(facts.packaged ? [] : accounts(spec, facts)),
    ...(facts.packaged ? [] : dataFolder(spec)),
    ...(facts.packaged ? [] : ([{ do: "write", path: join(facts.unitFolder, UNIT_FILE), text: systemdUnit(spec) }] satisfies Step[])),
    dropIn === undefined ? { do: "delete", path: dropInPath } : { do: "write", path: dropInPath, text: dropIn },
    ctl("daemon-reload"),
    ctl("enable", UNIT_FILE),
    ctl("restart", UNIT_FILE),
  ];
}

/** What to do so that it is gone. Data and accounts stay. */
export function planSystemdRemove(spec: ServiceSpec, unitFolder: string): Step[] {
  const ctl = systemctl(spec);
  const stop = ctl("disable", "--now", UNIT_FILE);
  return [
    { ...stop, orElse: "go-on" },
    { do: "delete", path: join(unitFolder, UNIT_FILE) },
    { do: "delete", path: join(unitFolder, `${UNIT_FILE}.d`) },
    ctl("daemon-reload"),
  ];
}

const systemctl =
  (spec: ServiceSpec) =>
  (...args: string[]): Step & { do: "run" } => ({ do: "run", argv: ["systemctl", ...(spec.runAs === null ? ["--user"] : []), ...args] });

function accounts({ runAs, data }: ServiceSpec, facts: SystemdFacts): Step[] {
  if (runAs === null) return [];
  const user = ["--system", "--gid", runAs.user, "--home-dir", data, "--no-create-home", "--shell", "/usr/sbin/nologin", runAs.user];
  return [
    { do: "run", argv: ["groupadd", "--system", "--force", runAs.user] },
    { do: "run", argv: ["groupadd", "--system", "--force", runAs.staffGroup] },
    ...(facts.hasUser ? [] : ([{ do: "run", argv: ["useradd", ...user] }] satisfies Step[])),
  ];
}

/** Made, and given to the service's user with what is in it: whoever enrolled as root before has left files of root there. */
function dataFolder({ runAs, data }: ServiceSpec): Step[] {
  if (runAs === null) return [{ do: "folder", path: data }];
  const owner = `${runAs.user}:${runAs.user}`;
  return [
    { do: "folder", path: data },
    { do: "run", argv: ["chown", "-R", "--no-dereference", owner, data] },
  ];
}

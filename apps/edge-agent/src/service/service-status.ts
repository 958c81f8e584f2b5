import { TillsyncError } from "@tillsync/sync-protocol";
import { askAgent } from "../control/ask-agent.ts";
import type { AgentStatus } from "../health/status.ts";
import { installedUnit, managerOf, type Machine } from "./machine.ts";
import { LAUNCHD_LABEL } from "./launchd-plist.ts";
import { SERVICE_NAME } from "./service-spec.ts";
import { UNIT_FILE } from "./systemd-unit.ts";

/** What the manager says of the service, and what the agent itself says: only together are they the truth. */
export interface ServiceStatus {
  readonly manager: "systemd" | "launchd" | "windows" | null;
  readonly installed: boolean;
  /** A package of the system brought it. */
  readonly packaged: boolean;
  /** In the manager's own words, such as `active (running)`; null where none runs or it does not know the service. */
  readonly state: string | null;
  /** Whether it starts with the machine; null where the manager was not asked. */
  readonly enabled: boolean | null;
  /** How often the manager had to start it again since it was last started by hand. */
  readonly restarts: number | null;
  readonly program: string | null;
  readonly user: string | null;
  /** The agent of the data folder, whoever started it; null where none answers. */
  readonly agent: { readonly terminalId: string | null; readonly pending: number } | null;
  /** Why the agent could not be asked, such as rights on the folder. */
  readonly agentCode: string | null;
}

const PROPERTIES = ["LoadState", "ActiveState", "SubState", "UnitFileState", "NRestarts"];

/** Asks the manager and the agent. Changes nothing. */
export async function readServiceStatus(data: string, personal: boolean, machine: Machine): Promise<ServiceStatus> {
  const manager = managerOf(machine) ?? null;
  const unit = machine.platform === "linux" ? installedUnit(machine, personal) : undefined;
  const said = await askManager(manager, personal, machine);
  return {
    manager,
    installed: unit !== undefined || (said.state !== null && manager !== "systemd"),
    packaged: unit?.packaged ?? false,
    ...said,
    program: unit?.program[1] ?? null,
    user: unit?.user ?? null,
    ...(await askItself(data)),
  };
}

type Said = Pick<ServiceStatus, "state" | "enabled" | "restarts">;
const NOTHING: Said = { state: null, enabled: null, restarts: null };

async function askManager(manager: ServiceStatus["manager"], personal: boolean, machine: Machine): Promise<Said> {
  if (manager === null) return NOTHING;
  if (manager === "launchd") {
    const text = await machine.ask(["launchctl", "print", `${personal ? `gui/${machine.uid}` : "system"}/${LAUNCHD_LABEL}`]);
    return { ...NOTHING, state: /^\s*state = (.+)$/mu.exec(text ?? "")?.[1] ?? null };
  }
  if (manager === "windows") {
    const text = await machine.ask(["sc.exe", "query", SERVICE_NAME]);
    return { ...NOTHING, state: /STATE\s*:\s*\d+\s+(\w+)/u.exec(text ?? "")?.[1] ?? null };
  }
  const user = personal ? ["--user"] : [];
  return readShow((await machine.ask(["systemctl", ...user, "show", "--property", PROPERTIES.join(","), UNIT_FILE])) ?? "");
}

/** Reads what `systemctl show` prints: one `Name=value` a line. */
export function readShow(text: string): Said {
  const at = (name: string): string | undefined => new RegExp(`^${name}=(.*)$`, "mu").exec(text)?.[1];
  if (at("LoadState") === undefined || at("LoadState") === "not-found") return NOTHING;
  const restarts = Number(at("NRestarts"));
  return {
    state: `${at("ActiveState") ?? "unknown"} (${at("SubState") ?? "unknown"})`,
    enabled: at("UnitFileState") === "enabled",
    restarts: Number.isInteger(restarts) ? restarts : null,
  };
}

async function askItself(data: string): Promise<Pick<ServiceStatus, "agent" | "agentCode">> {
  try {
    const status: AgentStatus | undefined = await askAgent(data, "status", {});
    if (status === undefined) return { agent: null, agentCode: null };
    return { agent: { terminalId: status.terminalId, pending: Math.max(0, ...status.upstreams.map((u) => u.pending)) }, agentCode: null };
  } catch (cause) {
    if (cause instanceof TillsyncError) return { agent: null, agentCode: cause.code };
    throw cause;
  }
}

/** The few lines that a person needs. */
export function printServiceStatus(status: ServiceStatus): string {
  const yes = (value: boolean | null): string => (value === null ? "not known" : value ? "yes" : "no");
  return [
    `Service    ${status.installed ? (status.packaged ? "installed by a package" : "installed") : "not installed"}; manager ${status.manager ?? "none runs here"}`,
    ...(status.state === null
      ? []
      : [`State      ${status.state}; starts with the machine: ${yes(status.enabled)}; started again ${status.restarts ?? 0} times`]),
    ...(status.program === null ? [] : [`Program    ${status.program}${status.user === null ? "" : `, as user ${status.user}`}`]),
    status.agent === null
      ? `Agent      does not answer${status.agentCode === null ? "" : ` [${status.agentCode}]`}`
      : `Agent      answers; terminal ${status.agent.terminalId ?? "not enrolled"}, ${status.agent.pending} waiting for the cloud`,
  ].join("\n");
}

import { dirname, basename } from "node:path";
import { accountName, systemdPath, systemdWord } from "./escape-systemd.ts";
import type { ServiceSpec } from "./service-spec.ts";

/** Longer than the agent gives itself for an orderly end. Nothing that was acknowledged depends on either. */
const STOP_SECONDS = 15;
/** The heap is bounded at 256 MiB; the rest is SQLite, compression and the program itself. */
const MEMORY_MAX = "640M";
/** Node.js has some dozen threads. A program that makes hundreds is not ours. */
const TASKS_MAX = 64;
/** Files of sources, connections of the line and the windows. */
const FILES_MAX = 8_192;

/** Where the staff's door is; systemd makes and removes the folder with the service. */
export const STAFF_DOOR = "/run/tillsync";
export const UNIT_FILE = "tillsync-agent.service";

/**
 * The systemd unit of a service. With `runAs` it is a unit of the system, shut in as far as an agent can be that reads
 * folders of others; without, a unit of one person, who has no rights to shut anything in. A program that ends is started
 * again for ever: after 5 s, and on a systemd that knows it (254) after growing waits up to a minute. There is no watchdog:
 * it would need messages that Node.js cannot send.
 */
export function systemdUnit(spec: ServiceSpec): string {
  const door = spec.runAs === null ? "" : ` --staff-door ${STAFF_DOOR}`;
  return `${[
    "[Unit]",
    "Description=Tillsync agent: keeps this store's sales and sends them to the cloud",
    // It runs without a network; it is only spared the first failed try.
    ...(spec.runAs === null ? [] : ["Wants=network-online.target", "After=network-online.target time-sync.target"]),
    "StartLimitIntervalSec=0",
    "",
    "[Service]",
    "Type=exec",
    `ExecStart=${[spec.node, spec.entry, "run", "--data", spec.data].map(systemdWord).join(" ")}${door}`,
    "ExecReload=/bin/kill -HUP $MAINPID",
    "Restart=always",
    "RestartSec=5",
    "RestartSteps=6",
    "RestartMaxDelaySec=60",
    "KillMode=mixed",
    `TimeoutStopSec=${STOP_SECONDS}`,
    "UMask=0077",
    "LimitCORE=0",
    `LimitNOFILE=${FILES_MAX}`,
    `TasksMax=${TASKS_MAX}`,
    `MemoryMax=${MEMORY_MAX}`,
    "CPUWeight=50",
    "NoNewPrivileges=yes",
    ...(spec.runAs === null ? [] : confinement(spec, spec.runAs)),
    "",
    "[Install]",
    `WantedBy=${spec.runAs === null ? "default.target" : "multi-user.target"}`,
  ].join("\n")}\n`;
}

function confinement(spec: ServiceSpec, runAs: NonNullable<ServiceSpec["runAs"]>): string[] {
  return [
    "",
    "# Its own user, no right of root's, and a file system on which only its own folder can be written.",
    `User=${accountName(runAs.user)}`,
    // The staff's group is the first one, so that systemd gives it the folder of the staff's door. Nothing else is open to it.
    `Group=${accountName(runAs.staffGroup)}`,
    `SupplementaryGroups=${accountName(runAs.user)}`,
    "EnvironmentFile=-/etc/default/tillsync-agent",
    ...dataFolder(spec.data),
    "RuntimeDirectory=tillsync",
    "RuntimeDirectoryMode=0750",
    "CapabilityBoundingSet=",
    "AmbientCapabilities=",
    "ProtectSystem=strict",
    "ProtectHome=yes",
    "PrivateTmp=yes",
    "PrivateMounts=yes",
    "PrivateDevices=yes",
    "DevicePolicy=closed",
    "ProtectProc=invisible",
    "ProtectClock=yes",
    "ProtectHostname=yes",
    "ProtectKernelLogs=yes",
    "ProtectKernelModules=yes",
    "ProtectKernelTunables=yes",
    "ProtectControlGroups=yes",
    "RestrictNamespaces=yes",
    "RestrictRealtime=yes",
    "RestrictSUIDSGID=yes",
    "LockPersonality=yes",
    "RemoveIPC=yes",
    "KeyringMode=private",
    "# The network, its own sockets, and the list of network interfaces.",
    "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK",
    "SystemCallArchitectures=native",
    "SystemCallFilter=@system-service",
    "SystemCallFilter=~@privileged @resources",
    "# It gives files of the staff's door their group. Without a capability nobody can give away more than that.",
    "SystemCallFilter=@chown",
    // Node.js sets the priority of its threads where it may: a refusal must not end it.
    "SystemCallErrorNumber=EPERM",
  ];
}

/** A folder of its own below /var/lib is systemd's to make; another must be there. */
function dataFolder(data: string): string[] {
  if (dirname(data) === "/var/lib" && /^[a-z0-9-]+$/u.test(basename(data)))
    return [`StateDirectory=${basename(data)}`, "StateDirectoryMode=0700"];
  return [`ReadWritePaths=${systemdPath(data)}`];
}

import { accountName } from "./escape-systemd.ts";
import type { SourceAccess } from "./service-spec.ts";

/** Beside the unit, in a file that upgrades leave alone: what this machine's POS needs. */
export const DROP_IN_FILE = "tillsync-agent.service.d/50-sources.conf";

/**
 * The drop-in that lets the service read what a POS writes, or undefined where the unit's own rights do. Groups are added
 * to the service's; a folder below /home becomes visible, and the rights on it still decide. Nothing is bound to a place:
 * a folder that the POS deletes and makes again stays the one that is read. Throws `service.name-unsafe`.
 */
export function systemdDropIn(access: SourceAccess): string | undefined {
  const lines = [
    ...access.groups.map((group) => `SupplementaryGroups=${accountName(group)}`),
    ...(access.home ? ["ProtectHome=read-only"] : []),
  ];
  return lines.length === 0 ? undefined : `[Service]\n${lines.join("\n")}\n`;
}

import type { ServiceSpec } from "./service-spec.ts";
import { LAUNCHD_LABEL, launchdPlist } from "./launchd-plist.ts";
import type { Step } from "./steps.ts";

export interface LaunchdFacts {
  /** `/Library/LaunchDaemons`, or `~/Library/LaunchAgents` for a person's own. */
  readonly folder: string;
  readonly uid: number;
}

const plistPath = (facts: LaunchdFacts): string => `${facts.folder}/${LAUNCHD_LABEL}.plist`;
const domain = (spec: ServiceSpec, facts: LaunchdFacts): string => (spec.runAs === null ? `gui/${facts.uid}` : "system");

/** What to do on macOS so that launchd runs the agent. The user must be there: macOS has no one way to make one. Never run on a Mac. */
export function planLaunchdInstall(spec: ServiceSpec, facts: LaunchdFacts): Step[] {
  return [
    { do: "folder", path: spec.data },
    ...(spec.runAs === null ? [] : ([{ do: "run", argv: ["chown", "-R", "-h", spec.runAs.user, spec.data] }] satisfies Step[])),
    { do: "run", argv: ["launchctl", "bootout", `${domain(spec, facts)}/${LAUNCHD_LABEL}`], orElse: "go-on" },
    { do: "write", path: plistPath(facts), text: launchdPlist(spec) },
    { do: "run", argv: ["launchctl", "bootstrap", domain(spec, facts), plistPath(facts)] },
  ];
}

export function planLaunchdRemove(spec: ServiceSpec, facts: LaunchdFacts): Step[] {
  return [
    { do: "run", argv: ["launchctl", "bootout", `${domain(spec, facts)}/${LAUNCHD_LABEL}`], orElse: "go-on" },
    { do: "delete", path: plistPath(facts) },
  ];
}

import { xmlText } from "./escape-xml.ts";
import type { ServiceSpec } from "./service-spec.ts";

export const LAUNCHD_LABEL = "tillsync-agent";
/** launchd waits this long between two starts, whatever happens; it knows no growing waits. */
const RESTART_SECONDS = 10;
/** Longer than the agent gives itself for an orderly end. */
const EXIT_SECONDS = 15;
const FILES_MAX = 8_192;

/**
 * The property list of a launchd daemon (`runAs`) or of a person's agent. Made here and checked by tests of its text;
 * it was never loaded by a launchd.
 */
export function launchdPlist(spec: ServiceSpec): string {
  const log = `${spec.data}/launchd.log`;
  const entries: [string, string][] = [
    ["Label", string(LAUNCHD_LABEL)],
    ["ProgramArguments", array([spec.node, spec.entry, "run", "--data", spec.data])],
    ...(spec.runAs === null ? [] : ([["UserName", string(spec.runAs.user)]] as [string, string][])),
    ["RunAtLoad", "<true/>"],
    ["KeepAlive", "<true/>"],
    ["ThrottleInterval", integer(RESTART_SECONDS)],
    ["ExitTimeOut", integer(EXIT_SECONDS)],
    ["ProcessType", string("Background")],
    // 077: files of the agent are its owner's alone.
    ["Umask", integer(0o077)],
    ["SoftResourceLimits", `<dict><key>Core</key>${integer(0)}<key>NumberOfFiles</key>${integer(FILES_MAX)}</dict>`],
    ["StandardErrorPath", string(log)],
  ];
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
${entries.map(([key, value]) => `  <key>${key}</key>\n  ${value}`).join("\n")}
</dict>
</plist>
`;
}

const string = (text: string): string => `<string>${xmlText(text)}</string>`;
const integer = (value: number): string => `<integer>${value}</integer>`;
const array = (texts: readonly string[]): string => `<array>${texts.map(string).join("")}</array>`;

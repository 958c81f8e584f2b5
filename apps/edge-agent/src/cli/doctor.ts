import { TillsyncError } from "@tillsync/sync-protocol";
import { askAgent } from "../control/ask-agent.ts";
import { examine } from "../health/doctor.ts";
import type { Check } from "../health/check.ts";
import type { AgentStatus } from "../health/status.ts";
import type { Command } from "./command.ts";
import { readFlags } from "./read-flags.ts";

export const doctor: Command = {
  usage: "doctor --data DIR [--json]",
  summary: "looks at disk, database, lock, keys, sources, clock and line, and says what to do; exits 1 if something fails",
  run: async (args) => {
    const flags = readFlags(args);
    const report = examine(flags.data, { now: () => Date.now(), live: await liveStatus(flags.data) });
    console.log(flags.json ? JSON.stringify(report) : report.checks.map(lineOf).join("\n"));
    return report.ok ? 0 : 1;
  },
};

/** A running agent that does not answer is a finding, not an end of the examination. */
async function liveStatus(dir: string): Promise<AgentStatus | undefined> {
  try {
    return await askAgent(dir, "status", {});
  } catch (cause) {
    if (cause instanceof TillsyncError) return undefined;
    throw cause;
  }
}

function lineOf(check: Check): string {
  const head = `${check.state.padEnd(8)} ${check.name}${check.detail === null ? "" : `: ${check.detail}`}`;
  return check.code === null ? head : `${head} [${check.code}]\n         ${check.nextStep ?? ""}`;
}

import { TillsyncError } from "@tillsync/sync-protocol";
import { askAgent } from "../control/ask-agent.ts";
import { examine } from "../health/doctor.ts";
import type { AgentStatus } from "../health/status.ts";
import type { DoctorAnswer } from "../window-api/care.ts";
import type { Command } from "./command.ts";
import { readFlags } from "./read-flags.ts";

export const doctor: Command = {
  usage: "doctor --data DIR [--json]",
  summary:
    "looks at disk, database, lock, keys, sources, clock and line, and says what to do; exits 1 if something fails. At the staff's door the agent looks",
  run: async (args) => {
    const flags = readFlags(args);
    const report = await examineAt(flags.data);
    console.log(flags.json ? JSON.stringify(report) : report.checks.map(lineOf).join("\n"));
    return report.ok ? 0 : 1;
  },
};

/**
 * From a data folder this process looks itself; at the staff's door, where it may see nothing, the agent does. A running
 * agent that does not answer is a finding, not an end of the examination.
 */
async function examineAt(dir: string): Promise<DoctorAnswer> {
  let live: AgentStatus | undefined;
  try {
    live = await askAgent(dir, "status", {});
  } catch (cause) {
    if (!(cause instanceof TillsyncError)) throw cause;
    const answer = cause.code === "door.forbidden" ? await askAgent(dir, "doctor", {}) : undefined;
    if (answer !== undefined) return answer;
  }
  return examine(dir, { now: () => Date.now(), live });
}

function lineOf(check: DoctorAnswer["checks"][number]): string {
  const head = `${check.state.padEnd(8)} ${check.name}${check.detail === null ? "" : `: ${check.detail}`}`;
  return check.code === null ? head : `${head} [${check.code}]\n         ${check.nextStep ?? ""}`;
}

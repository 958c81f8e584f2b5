import { TillsyncError } from "@tillsync/sync-protocol";
import { askAgent } from "../control/ask-agent.ts";
import { AGENT_VERSION } from "../enrol/agent-version.ts";
import { openToRead } from "../store/open-to-read.ts";
import { HEALTH_DEADLINE_MS, SOAK_MS } from "../updates/apply/prove-health.ts";
import { runJob } from "../updates/apply/run-job.ts";
import { printUpdates } from "../updates/print-updates.ts";
import { readUpdateState } from "../updates/stage/keep-state.ts";
import type { UpdatesStatus } from "../updates/start-updates.ts";
import type { Command } from "./command.ts";
import { readFlags, type FlagValues } from "./read-flags.ts";

const STATE_FOLDER = "/var/lib/tillsync-update";
const UNIT = "tillsync-agent.service";

export const updates: Command = {
  usage:
    "updates status | check | decline   --data DIR [--json]\n  edge-agent updates apply --data DIR [--state DIR] [--releases FOLDER [--unit NAME | --restart PROGRAM]] [--now] [--deadline SECONDS] [--soak SECONDS]",
  summary:
    "updates of this agent: where one stands, a look for one now, a no to the one that waits. `apply` is the administrator's part: proves it again, puts it in place and takes it back if it is not well",
  run: async (args) => {
    const flags = readFlags(
      args,
      {
        state: { type: "string" },
        releases: { type: "string" },
        unit: { type: "string" },
        restart: { type: "string" },
        deadline: { type: "string" },
        soak: { type: "string" },
        now: { type: "boolean", default: false },
      },
      "any",
    );
    const [name = "", ...more] = flags.positionals;
    const action = Object.hasOwn(ACTIONS, name) && more.length === 0 ? ACTIONS[name] : undefined;
    if (action === undefined) throw new TillsyncError("usage.invalid", Object.keys(ACTIONS).join(", "));
    return action(flags);
  },
};

const ACTIONS: Readonly<Record<string, (flags: FlagValues) => Promise<number>>> = {
  status: async (flags) => print(flags, (await askAgent(flags.data, "updates-status", {})) ?? atRest(flags.data)),
  check: async (flags) => print(flags, running(await askAgent(flags.data, "updates-check", {}))),
  decline: async (flags) => print(flags, running(await askAgent(flags.data, "updates-decline", {}))),
  apply,
};

function running(status: UpdatesStatus | undefined): UpdatesStatus {
  if (status === undefined) throw new TillsyncError("wire.unreachable", "the agent does not run");
  return status;
}

function print(flags: FlagValues, status: UpdatesStatus): number {
  console.log(flags.json ? JSON.stringify(status) : printUpdates(status));
  return 0;
}

function atRest(dir: string): UpdatesStatus {
  const store = openToRead(dir, () => Date.now());
  try {
    return { version: AGENT_VERSION, isConfigured: null, state: readUpdateState(store, AGENT_VERSION), vetoes: null, appliesFromMs: null };
  } finally {
    store.close();
  }
}

async function apply(flags: FlagValues): Promise<number> {
  const restart = flags.text("restart");
  const applied = await runJob({
    dataFolder: flags.data,
    stateFolder: flags.text("state") ?? STATE_FOLDER,
    program: process.argv[1] ?? "",
    releases: flags.text("releases"),
    starter: restart === undefined ? { unit: flags.text("unit") ?? UNIT } : { program: restart },
    now: flags.has("now"),
    deadlineMs: seconds(flags, "deadline") ?? HEALTH_DEADLINE_MS,
    soakMs: seconds(flags, "soak") ?? SOAK_MS,
    tell: (text) => console.error(text),
  });
  console.log(
    flags.json ? JSON.stringify(applied) : applied.kind === "nothing" ? "nothing is to be done now" : `${applied.kind} ${applied.version}`,
  );
  return applied.kind === "reverted" || applied.kind === "failed" ? 1 : 0;
}

function seconds(flags: FlagValues, name: string): number | undefined {
  const text = flags.text(name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!(value >= 0 && value <= 86_400)) throw new TillsyncError("usage.invalid", `--${name} takes seconds`);
  return value * 1_000;
}

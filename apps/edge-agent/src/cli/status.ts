import { statusAtRest } from "../health/status-at-rest.ts";
import { printStatus } from "../health/print-status.ts";
import type { AgentStatus } from "../health/status.ts";
import { openAgentStore } from "../store/open-store.ts";
import { askAgent } from "../control/ask-agent.ts";
import type { Command } from "./command.ts";
import { readFlags } from "./read-flags.ts";

export const status: Command = {
  usage: "status --data DIR [--json]",
  summary: "shows what was captured, what waits for the cloud, and what needs attention",
  run: async (args) => {
    const flags = readFlags(args);
    const found = (await askAgent(flags.data, "status", {})) ?? restingStatus(flags.data);
    console.log(flags.json ? JSON.stringify(found) : printStatus(found));
    return 0;
  },
};

// The journal key is only needed to begin an epoch, which a reader never does.
const restingStatus = (dir: string): AgentStatus =>
  statusAtRest(dir, () => openAgentStore(dir, { now: () => Date.now(), journalKey: "", mode: "read" }));

import { statusAtRest } from "../health/status-at-rest.ts";
import { printStatus } from "../health/print-status.ts";
import { openToRead } from "../store/open-to-read.ts";
import { askAgent } from "../control/ask-agent.ts";
import type { Command } from "./command.ts";
import { readFlags } from "./read-flags.ts";

export const status: Command = {
  usage: "status --data DIR [--json]",
  summary: "shows what was captured, what waits for the cloud, and what needs attention",
  run: async (args) => {
    const flags = readFlags(args);
    const found = (await askAgent(flags.data, "status", {})) ?? statusAtRest(flags.data, () => openToRead(flags.data, () => Date.now()));
    console.log(flags.json ? JSON.stringify(found) : printStatus(found));
    return 0;
  },
};

import { TillsyncError } from "@tillsync/sync-protocol";
import { askAgent } from "../control/ask-agent.ts";
import { printStatus } from "../health/print-status.ts";
import { statusAtRest } from "../health/status-at-rest.ts";
import { openToRead } from "../store/open-to-read.ts";
import type { Snapshot } from "../window-api/snapshot.ts";
import { trayState } from "../window-api/tray-state.ts";
import type { Command } from "./command.ts";
import { readFlags } from "./read-flags.ts";

export const status: Command = {
  usage: "status --data DIR [--json]",
  summary: "shows what was captured, what waits for the cloud, and what needs attention; at the staff's door what the tray knows",
  run: async (args) => {
    const flags = readFlags(args);
    const found = await ask(flags.data);
    if (found.kind === "owner") console.log(flags.json ? JSON.stringify(found.status) : printStatus(found.status));
    else console.log(flags.json ? JSON.stringify(found.snapshot) : printSnapshot(found.snapshot));
    return 0;
  },
};

async function ask(dir: string) {
  try {
    const live = await askAgent(dir, "status", {});
    return { kind: "owner" as const, status: live ?? statusAtRest(dir, () => openToRead(dir, () => Date.now())) };
  } catch (cause) {
    if (!(cause instanceof TillsyncError) || cause.code !== "door.forbidden") throw cause;
    const snapshot = await askAgent(dir, "snapshot", {});
    if (snapshot === undefined) throw cause;
    return { kind: "staff" as const, snapshot };
  }
}

/** What the tray says, in the words of the command line. */
function printSnapshot(snapshot: Snapshot): string {
  const state = trayState(snapshot, Date.now());
  return [
    `Terminal   ${snapshot.terminalId ?? "not enrolled"}${snapshot.storeId === null ? "" : `, store ${snapshot.storeId}`}; agent running`,
    `State      ${state.kind}${state.kind === "attention" ? ` [${state.code}]` : ""}`,
    `Upstream   ${snapshot.line.state}, ${snapshot.pending.entries} waiting`,
    `Set aside  ${snapshot.setAside.open} need attention`,
    ...snapshot.sources.map(({ name, state: at, code }) => `Source     ${name}: ${at}${code === null ? "" : ` [${code}]`}`),
  ].join("\n");
}

import { TillsyncError } from "@tillsync/sync-protocol";
import { askAgent } from "../control/ask-agent.ts";
import { printStatus } from "../health/print-status.ts";
import { sayTrayState } from "../health/say-tray-state.ts";
import { statusAtRest } from "../health/status-at-rest.ts";
import { openToRead } from "../store/open-to-read.ts";
import type { Snapshot } from "../window-api/snapshot.ts";
import { trayState, type TrayState } from "../window-api/tray-state.ts";
import type { Command } from "./command.ts";
import { readFlags } from "./read-flags.ts";

export const status: Command = {
  usage: "status --data DIR [--json]",
  summary: "shows what was captured, what waits for the cloud, and what needs attention; at the staff's door what the tray knows",
  run: async (args) => {
    const flags = readFlags(args);
    const found = await ask(flags.data);
    if (found.kind === "owner") {
      const { status, tray } = found;
      console.log(flags.json ? JSON.stringify({ ...status, tray }) : `${stateLine(tray)}\n${printStatus(status)}`);
    } else console.log(flags.json ? JSON.stringify(found.snapshot) : printSnapshot(found.snapshot));
    return 0;
  },
};

async function ask(dir: string) {
  try {
    const [live, snapshot] = [await askAgent(dir, "status", {}), await askAgent(dir, "snapshot", {})];
    const status = live ?? statusAtRest(dir, () => openToRead(dir, () => Date.now()));
    return { kind: "owner" as const, status, tray: trayState(snapshot, Date.now()) };
  } catch (cause) {
    if (!(cause instanceof TillsyncError) || cause.code !== "door.forbidden") throw cause;
    const snapshot = await askAgent(dir, "snapshot", {});
    if (snapshot === undefined) throw cause;
    return { kind: "staff" as const, snapshot };
  }
}

/** What the tray shows, in its own sentence. */
const stateLine = (tray: TrayState): string => `State      ${sayTrayState(tray)}`;

/** What the tray knows, in the words of the command line. */
function printSnapshot(snapshot: Snapshot): string {
  const state = trayState(snapshot, Date.now());
  return [
    `Terminal   ${snapshot.terminalId ?? "not enrolled"}${snapshot.storeId === null ? "" : `, store ${snapshot.storeId}`}; agent running`,
    stateLine(state),
    `Upstream   ${snapshot.line.state}, ${snapshot.pending.entries} waiting`,
    `Set aside  ${snapshot.setAside.open} need attention`,
    ...snapshot.sources.map(({ name, state: at, code }) => `Source     ${name}: ${at}${code === null ? "" : ` [${code}]`}`),
  ].join("\n");
}

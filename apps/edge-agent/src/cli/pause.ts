import { TillsyncError } from "@tillsync/sync-protocol";
import { askAgent } from "../control/ask-agent.ts";
import { PAUSE_MAX_MS, REASON_CHARS_MAX } from "../window-api/care.ts";
import type { Snapshot } from "../window-api/snapshot.ts";
import type { Command } from "./command.ts";
import { readFlags } from "./read-flags.ts";

const PAUSE_MIN_MS = 60_000;
const UNITS = { m: 60_000, h: 3_600_000 } as const;

export const pause: Command = {
  usage: "pause --data DIR --for 30m|2h --reason TEXT [--json]",
  summary: "stops the reading of sources for maintenance; it ends by itself. Sales over HTTP are still taken",
  run: async (args) => {
    const flags = readFlags(args, { for: { type: "string" }, reason: { type: "string" } });
    const reason = flags.text("reason")?.trim() ?? "";
    if (reason === "" || reason.length > REASON_CHARS_MAX)
      throw new TillsyncError("usage.invalid", `--reason TEXT, at most ${REASON_CHARS_MAX} characters`);
    print(await askAgent(flags.data, "pause", { forMs: durationMs(flags.text("for")), reason }), flags.json);
    return 0;
  },
};

export const resume: Command = {
  usage: "resume --data DIR [--json]",
  summary: "ends a pause for maintenance: sources are read again",
  run: async (args) => {
    const flags = readFlags(args);
    print(await askAgent(flags.data, "resume", {}), flags.json);
    return 0;
  },
};

/** Throws `usage.invalid` for what is no duration from a minute to eight hours. */
function durationMs(text: string | undefined): number {
  const [, number, unit] = /^(\d{1,3})([mh])$/.exec(text ?? "") ?? [];
  const ms = Number(number) * UNITS[unit === "h" ? "h" : "m"];
  if (ms >= PAUSE_MIN_MS && ms <= PAUSE_MAX_MS) return ms;
  throw new TillsyncError("usage.invalid", `--for 1m to ${PAUSE_MAX_MS / UNITS.h}h`);
}

/** Throws `agent.not-answering` where no agent runs: there is nothing to pause. */
function print(answer: Pick<Snapshot, "pause"> | undefined, json: boolean): void {
  if (answer === undefined) throw new TillsyncError("agent.not-answering");
  const { pause: now } = answer;
  const text = now === null ? "sources are read" : `sources are not read until ${new Date(now.untilMs).toISOString()}: ${now.reason}`;
  console.log(json ? JSON.stringify(answer) : text);
}

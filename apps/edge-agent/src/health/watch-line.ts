import type { ClockStatus } from "../replicator/start-replicator.ts";
import type { KeptStatus, UpstreamState } from "../replicator/upstream-status.ts";
import type { LineHistory } from "./line-history.ts";

type LineEvent = "online" | "offline" | "blocked" | "not-enrolled";

export interface LineWatch {
  /** Looks at the line and writes what has changed. Call it every second or so. */
  readonly look: () => void;
  /** Since when the line has been as it is; null: it is not known yet. */
  readonly sinceMs: () => number | null;
}

export interface LineWatchDeps {
  readonly line: () => Pick<KeptStatus, "state" | "lastError">;
  readonly clock: () => ClockStatus;
  readonly now: () => number;
  readonly history: Pick<LineHistory, "note" | "close">;
}

/** Codes of a line that is down which say something else than "down": the history tells them apart. */
const TOLD_APART: ReadonlySet<string> = new Set(["wire.sign-in", "wire.proxy-refused", "wire.not-cloud", "clock.wrong"]);

/**
 * Turns how the line stands into a history. A till that sells goes to and fro between online and sending: that is no
 * news. Nor is the first second, in which nothing has been tried yet.
 */
export function watchLine({ line, clock, now, history }: LineWatchDeps): LineWatch {
  let known: { event: LineEvent; code: string | null } | undefined;
  let sinceMs: number | null = null;
  let clockCode: string | null = null;
  return {
    sinceMs: () => sinceMs,
    look: () => {
      const { state, lastError } = line();
      const event = eventOf(state);
      if (known === undefined && state === "offline" && lastError === null) return;
      const code = codeOf(event, lastError?.code);
      if (known?.event !== event || known.code !== code) {
        if (known?.event !== event) sinceMs = Math.round(now());
        known = { event, code };
        history.note(event, { code });
      }
      const clockNow = clock().code;
      if (clockNow === clockCode) return;
      clockCode = clockNow;
      if (clockNow === null) history.close("clock");
      else history.note("clock", { code: clockNow });
    },
  };
}

const eventOf = (state: UpstreamState): LineEvent => (state === "sending" ? "online" : state);

function codeOf(event: LineEvent, code: string | undefined): string | null {
  if (event === "not-enrolled") return "enrol.required";
  if (code === undefined || event === "online") return null;
  return event === "blocked" || TOLD_APART.has(code) ? code : "wire.unreachable";
}

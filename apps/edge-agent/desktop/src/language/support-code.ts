import type { Snapshot } from "@tillsync/edge-agent/window-api";
import type { Shown } from "./tray-sentence.ts";

/**
 * What staff paste into a mail or read out: the state, the codes behind it and which terminal it is. One line, no secrets, no
 * figures of sales, no names of persons.
 */
export function supportCode(shown: Shown, snapshot: Snapshot | undefined, nowMs: number): string {
  const codes = new Set([...(shown.kind === "attention" ? [shown.code] : []), ...(snapshot?.problems ?? []).map(({ code }) => code)]);
  return [
    `TILLSYNC ${shown.kind}`,
    codes.size === 0 ? "no problems" : [...codes].join(" "),
    `terminal ${snapshot?.terminalId ?? "unknown"}`,
    `store ${snapshot?.storeId ?? "unknown"}`,
    `agent ${snapshot?.agentVersion ?? "not answering"}`,
    new Date(nowMs).toISOString(),
  ].join(" | ");
}

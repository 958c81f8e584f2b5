import type { TrayState } from "../window-api/tray-state.ts";

/** The tray's sentence of a state, in English, for the command line: the same words, with the moment in ISO time. */
export function sayTrayState(state: TrayState): string {
  switch (state.kind) {
    case "safe":
      return "All sales are safe in the cloud.";
    case "sending":
      return state.left === 0 ? "Reading the point of sale." : `Sending: ${count(state.left)} left.`;
    case "offline":
      return sayOffline(state);
    case "attention":
      return sayAttention(state);
    case "update":
      return `All sales are safe. Version ${state.version} waits until the shop is closed.`;
  }
}

function sayOffline({ kept, oldestAtMs }: TrayState & { kind: "offline" }): string {
  if (kept === 0) return "Offline: nothing is waiting. Keep selling.";
  const are = kept === 1 ? "is" : "are";
  const since = oldestAtMs === null ? "" : `, ${kept === 1 ? "" : "the oldest "}since ${new Date(oldestAtMs).toISOString()}`;
  return `Offline: ${count(kept)} ${are} kept here${since}. Keep selling.`;
}

function sayAttention({ code, help, others }: TrayState & { kind: "attention" }): string {
  const who = help === null ? undefined : help.phone === null ? help.name : `${help.name} (${help.phone})`;
  const sentence =
    who === undefined
      ? `Needs attention. Tell your support this code: ${code}`
      : `Needs attention. Call ${who} and tell this code: ${code}`;
  return others > 0 ? `${sentence} (and ${others} more)` : sentence;
}

const count = (n: number): string => `${n} ${n === 1 ? "record" : "records"}`;

import type { TrayState } from "@tillsync/edge-agent/window-api";
import type { StateMessageId } from "./state-messages.ts";

/** How tray and window turn an id and its values into text of the person's language; `time` writes an instant for people. */
export interface Say {
  readonly text: (id: StateMessageId, values?: Readonly<Record<string, string | number>>) => string;
  readonly time: (atMs: number) => string;
}

/** The one sentence of a state, the same in tray and window. */
export function sayState(state: TrayState, say: Say): string {
  switch (state.kind) {
    case "safe":
      return say.text("state.safe");
    case "sending":
      return state.left === 0 ? say.text("state.sending.reading") : say.text("state.sending", { left: state.left });
    case "offline":
      return state.kept === 0 || state.oldestAtMs === null
        ? say.text("state.offline.nothing")
        : say.text("state.offline", { kept: state.kept, oldest: say.time(state.oldestAtMs) });
    case "attention":
      return sayAttention(state, say);
    case "update":
      return say.text("state.update", { version: state.version, time: say.time(state.appliesFromMs) });
  }
}

function sayAttention({ code, help }: TrayState & { kind: "attention" }, say: Say): string {
  if (help === null) return say.text("state.attention", { code });
  if (help.phone === null) return say.text("state.attention.name", { code, name: help.name });
  return say.text("state.attention.phone", { code, name: help.name, phone: help.phone });
}

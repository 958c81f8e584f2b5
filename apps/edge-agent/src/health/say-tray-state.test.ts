import { expect, it } from "vitest";
import type { TrayState } from "../window-api/tray-state.ts";
import { sayTrayState } from "./say-tray-state.ts";

const at = Date.UTC(2026, 2, 2, 9, 30);

it.each([
  [{ kind: "safe", readAgeMs: 5 }, "All sales are safe in the cloud."],
  [{ kind: "sending", left: 1 }, "Sending: 1 record left."],
  [{ kind: "sending", left: 0, reading: true }, "Reading the point of sale."],
  [{ kind: "offline", kept: 0, oldestAtMs: null }, "Offline: nothing is waiting. Keep selling."],
  [
    { kind: "offline", kept: 2, oldestAtMs: at },
    "Offline: 2 records are kept here, the oldest since 2026-03-02T09:30:00.000Z. Keep selling.",
  ],
  [{ kind: "offline", kept: 1, oldestAtMs: null }, "Offline: 1 record is kept here. Keep selling."],
  [{ kind: "attention", code: "clock.wrong", others: 0, help: null }, "Needs attention. Tell your support this code: clock.wrong"],
  [
    { kind: "attention", code: "agent.not-answering", others: 2, help: { name: "Anna", phone: "112" } },
    "Needs attention. Call Anna (112) and tell this code: agent.not-answering (and 2 more)",
  ],
  [
    { kind: "attention", code: "source.none", others: 0, help: { name: "Anna", phone: null } },
    "Needs attention. Call Anna and tell this code: source.none",
  ],
  [{ kind: "update", version: "1.2.0", appliesFromMs: at }, "All sales are safe. Version 1.2.0 waits until the shop is closed."],
] as [TrayState, string][])("says %o", (state, sentence) => expect(sayTrayState(state)).toBe(sentence));

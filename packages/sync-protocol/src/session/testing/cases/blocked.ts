import { expect } from "vitest";
import { journalHead, start, stored } from "../arrive.ts";
import { stale, report, sayHello, cancel, advanced, fire, begun, tooLarge } from "./case.ts";
import type { CasesOfState } from "./case.ts";

export const blockedCases: CasesOfState = {
  ...stale("blocked"),
  start: [{ name: "runs already", event: start(stored(1, 0)), to: "blocked" }],
  stop: [{ name: "stops", event: { kind: "stop" }, to: "stopped", effects: [report("stopped"), cancel("blocked")] }],
  journalAdvanced: [
    { name: "remembers", event: advanced(11), to: "blocked", effects: [], also: (s) => expect(s.journals[0]?.local.seq).toBe(11) },
  ],
  epochStarted: [
    {
      name: "a new journal is a new try",
      event: begun(undefined),
      to: "greeting",
      effects: [report("greeting", "auth.revoked"), sayHello(journalHead(10), journalHead(3, "ours", 2))],
    },
  ],
  timerFired: [
    {
      name: "looks whether a person has acted",
      event: fire("blocked"),
      to: "greeting",
      effects: [report("greeting", "auth.revoked"), sayHello(journalHead(10))],
    },
    { name: "not its timer", event: fire("poll"), to: "blocked" },
    {
      name: "and tries what was too large",
      from: tooLarge,
      event: fire("blocked"),
      to: "greeting",
      effects: [report("greeting", "wire.too-large"), sayHello(journalHead(10))],
    },
  ],
};

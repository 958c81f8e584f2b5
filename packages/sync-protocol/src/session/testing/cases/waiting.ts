import { expect } from "vitest";
import { journalHead, start, stored } from "../arrive.ts";
import { stale, report, sayHello, cancel, advanced, fire, begun } from "./case.ts";
import type { CasesOfState } from "./case.ts";

export const waitingCases: CasesOfState = {
  ...stale("waiting"),
  start: [{ name: "runs already", event: start(stored(1, 0)), to: "waiting" }],
  stop: [{ name: "stops", event: { kind: "stop" }, to: "stopped", effects: [cancel("retry"), report("stopped")] }],
  journalAdvanced: [
    {
      name: "remembers, and keeps to the pause",
      event: advanced(11),
      to: "waiting",
      effects: [],
      also: (s) => expect(s.journals[0]?.local.seq).toBe(11),
    },
  ],
  epochStarted: [
    {
      name: "takes the new journal",
      event: begun(undefined),
      to: "waiting",
      effects: [],
      also: (s) => expect(s.journals.length).toBe(2),
    },
  ],
  timerFired: [
    {
      name: "tries again",
      event: fire("retry"),
      to: "greeting",
      effects: [cancel("retry"), report("greeting", "wire.unreachable"), sayHello(journalHead(10))],
    },
    { name: "not its timer", event: fire("poll"), to: "waiting" },
  ],
};

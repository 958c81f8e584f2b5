import { expect } from "vitest";
import { journalHead, start, stored } from "../arrive.ts";
import { stale, report, sayHello, batch, timer, cancel, advanced, fire, begun, oneBlocked, idleAgain } from "./case.ts";
import type { CasesOfState } from "./case.ts";

export const idleCases: CasesOfState = {
  ...stale("idle"),
  start: [idleAgain("runs already", start(stored(1, 0)))],
  stop: [
    { name: "stops", event: { kind: "stop" }, to: "stopped", effects: [cancel("poll"), report("stopped")] },
    {
      name: "stops, with a journal blocked",
      from: oneBlocked,
      event: { kind: "stop" },
      to: "stopped",
      effects: [cancel("poll"), report("stopped"), cancel("blocked")],
    },
  ],
  journalAdvanced: [
    { name: "sends at once", event: advanced(11), to: "sending", effects: [batch(10), cancel("poll"), report("sending")] },
    { name: "nothing new", event: advanced(9), to: "idle", effects: [timer("poll")] },
    { name: "of a blocked journal", from: oneBlocked, event: advanced(11), to: "idle", effects: [timer("poll")] },
  ],
  epochStarted: [
    {
      name: "says hello with it",
      event: begun(undefined),
      to: "greeting",
      effects: [cancel("poll"), report("greeting"), sayHello(journalHead(10), journalHead(3, "ours", 2))],
    },
  ],
  timerFired: [
    { name: "polls", event: fire("poll"), to: "greeting", effects: [cancel("poll"), report("greeting"), sayHello(journalHead(10))] },
    { name: "not its timer", event: fire("retry"), to: "idle" },
    {
      name: "a blocked journal has another try",
      from: oneBlocked,
      event: fire("blocked"),
      to: "greeting",
      also: (s) => expect(s.journals.map((j) => j.blocked)).toEqual([undefined, undefined]),
    },
  ],
};

import { journalHead, start, stored } from "../arrive.ts";
import { stale, report, sayHello, advanced, fire, begun } from "./case.ts";
import type { CasesOfState } from "./case.ts";

export const stoppedCases: CasesOfState = {
  ...stale("stopped"),
  start: [
    {
      name: "says hello with every open journal",
      event: start(stored(10, 0), { ...stored(5, 0, 2), closed: true }),
      to: "greeting",
      effects: [report("greeting"), sayHello(journalHead(10))],
    },
    {
      name: "sorts epochs",
      event: start(stored(5, 0, 2), stored(10, 0)),
      to: "greeting",
      effects: [report("greeting"), sayHello(journalHead(10), journalHead(5, "ours", 2))],
    },
  ],
  stop: [{ name: "stays", event: { kind: "stop" }, to: "stopped" }],
  journalAdvanced: [{ name: "waits for the start", event: advanced(11), to: "stopped" }],
  epochStarted: [{ name: "waits for the start", event: begun(undefined), to: "stopped" }],
  timerFired: [{ name: "fired too late", event: fire("poll"), to: "stopped" }],
};

import { expect } from "vitest";
import { LIVES_MAX } from "../../pace.ts";
import { step } from "../../terminal-session.ts";
import * as arrive from "../arrive.ts";
import { after, greeted, helloAck, journalHead, stamped, start, stored } from "../arrive.ts";
import type { PlainEvent } from "../arrive.ts";
import { report, sayHello, batch, timer, saveAck, advanced, checked, fire, begun, begins, forkedOften, stale } from "./case.ts";
import type { CasesOfState } from "./case.ts";

export const settlingCases: CasesOfState = {
  ...stale("settling"),
  start: [{ name: "runs already", event: start(stored(1, 0)), to: "settling" }],
  stop: [{ name: "stops", event: { kind: "stop" }, to: "stopped", effects: [report("stopped")] }],
  journalAdvanced: [{ name: "remembers", event: advanced(11), to: "settling", also: (s) => expect(s.journals[0]?.local.seq).toBe(11) }],
  headChecked: [
    {
      name: "sends on from a head that is ours",
      event: checked(4, "ours"),
      to: "sending",
      effects: [saveAck(4), batch(4), report("sending")],
    },
    {
      name: "goes back with an upstream that was restored",
      from: after(start(stored(10, 8)), greeted(helloAck([journalHead(4)]))),
      event: checked(4, "ours"),
      to: "sending",
      effects: [saveAck(4), batch(4), report("sending")],
    },
    {
      name: "finds a fork",
      from: after(start(stored(10, 0)), greeted(helloAck([journalHead(4, "theirs")]))),
      event: checked(4, "foreign", "theirs"),
      to: "settling",
      effects: [report("settling", "ingest.fork"), { kind: "startEpoch", reason: "fork", previousEpoch: arrive.EPOCH, afterEpoch: 1 }],
    },
    {
      name: "cannot fill what it no longer keeps",
      event: checked(4, "pruned"),
      to: "blocked",
      effects: [saveAck(4), timer("blocked"), report("blocked", "ingest.gap-unfillable")],
    },
    {
      name: "finds a start under another key",
      from: after(start(stored(10, 0)), greeted(helloAck([journalHead(0, "theirs")]))),
      event: checked(0, "foreign", "theirs"),
      to: "blocked",
      effects: [timer("blocked"), report("blocked", "ingest.signature")],
    },
    {
      name: "waits for the other heads",
      from: after(start(stored(10, 0), stored(5, 0, 2)), greeted(helloAck([journalHead(4), journalHead(2, "ours", 2)]))),
      event: checked(4, "ours"),
      to: "settling",
      effects: [saveAck(4)],
    },
    { name: "stale", event: checked(7, "ours"), to: "settling" },
    {
      name: "stops forking in circles",
      from: step(forkedOften, stamped(greeted(helloAck([journalHead(9, "theirs", LIVES_MAX + 1)]), LIVES_MAX + 1))).state,
      event: { ...checked(9, "foreign"), head: journalHead(9, "theirs", LIVES_MAX + 1) } as PlainEvent,
      to: "blocked",
      effects: [timer("blocked"), report("blocked", "ingest.fork")],
    },
  ],
  epochStarted: [
    {
      name: "says hello with the new journal instead of the old one",
      from: begins,
      event: begun(arrive.EPOCH),
      to: "greeting",
      effects: [report("greeting", "journal.copied"), sayHello(journalHead(3, "ours", 2))],
    },
    {
      name: "begun meanwhile for another reason",
      event: begun(undefined),
      to: "settling",
      also: (s) => expect([s.journals.length, s.helloDue]).toEqual([2, true]),
    },
    {
      name: "begins the next one first where two journals forked",
      from: after(start(stored(10, 0), stored(5, 0, 2)), greeted(helloAck([journalHead(20), journalHead(21, "ours", 2)]))),
      event: begun(arrive.EPOCH, stored(10, 0, 3)),
      to: "settling",
      effects: [{ kind: "startEpoch", previousEpoch: arrive.NEXT_EPOCH, afterEpoch: 3 }],
    },
  ],
  timerFired: [{ name: "not its timer", event: fire("retry"), to: "settling" }],
};

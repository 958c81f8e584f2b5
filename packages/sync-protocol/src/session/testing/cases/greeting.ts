import { expect } from "vitest";
import * as arrive from "../arrive.ts";
import { after, failed, greeted, head, helloAck, journalHead, sent, start, stored } from "../arrive.ts";
import { report, learn, sayHello, batch, timer, abandon, saveAck, advanced, fire, begun, verdict, stale } from "./case.ts";
import type { CasesOfState } from "./case.ts";

export const greetingCases: CasesOfState = {
  ...stale("greeting"),
  start: [{ name: "runs already", event: start(stored(1, 0)), to: "greeting" }],
  stop: [{ name: "gives up the hello", event: { kind: "stop" }, to: "stopped", effects: [abandon(1), report("stopped")] }],
  journalAdvanced: [{ name: "remembers", event: advanced(11), to: "greeting", also: (s) => expect(s.journals[0]?.local.seq).toBe(11) }],
  epochStarted: [
    {
      name: "takes the new journal and says hello again after this one",
      event: begun(undefined),
      to: "greeting",
      also: (s) => expect([s.journals.map((j) => j.epoch), s.helloDue]).toEqual([[1, 2], true]),
    },
  ],
  helloAnswered: [
    {
      name: "sends from a head that is known to be ours",
      event: greeted(helloAck([journalHead(0)])),
      to: "sending",
      effects: [learn, batch(0), report("sending")],
    },
    {
      name: "asks about a head that it cannot judge",
      event: greeted(helloAck([journalHead(4)])),
      to: "settling",
      effects: [learn, { kind: "checkHead", head: journalHead(4) }, report("settling")],
    },
    {
      name: "finds everything sent",
      event: greeted(helloAck([journalHead(10)])),
      to: "idle",
      effects: [learn, saveAck(10), report("idle"), timer("poll", 60_000)],
    },
    {
      name: "finds its disk older than the upstream",
      event: greeted(helloAck([journalHead(20)], { maxEpoch: arrive.NEXT_EPOCH })),
      to: "settling",
      effects: [
        learn,
        report("settling", "journal.copied"),
        { kind: "startEpoch", reason: "restored", previousEpoch: arrive.EPOCH, afterEpoch: 2, carryAfter: head(0).seq },
      ],
    },
    {
      name: "finds another entry at its own head",
      event: greeted(helloAck([journalHead(10, "theirs")])),
      to: "settling",
      effects: [learn, report("settling", "ingest.fork"), { kind: "startEpoch", reason: "fork" }],
    },
    {
      name: "takes verdicts and asks for more once idle",
      event: greeted(helloAck([journalHead(10)], { verdicts: [verdict], verdictsMore: true })),
      to: "greeting",
      effects: [learn, { kind: "saveVerdicts", verdicts: [verdict] }, saveAck(10), sayHello(journalHead(10))],
    },
    {
      name: "does not turn in a circle over verdicts that never come",
      event: greeted(helloAck([journalHead(10)], { verdictsMore: true })),
      to: "idle",
    },
    {
      name: "does not understand the version",
      event: greeted(helloAck([journalHead(0)], { version: 2 })),
      to: "blocked",
      effects: [timer("blocked"), report("blocked", "wire.version")],
    },
    {
      name: "an answer that leaves a journal out is none",
      event: greeted(helloAck([])),
      to: "waiting",
      effects: [report("waiting", "wire.not-cloud"), timer("retry")],
    },
    { name: "stale", event: greeted(helloAck([journalHead(0)]), 99), to: "greeting" },
  ],
  requestFailed: [
    {
      name: "pauses when the line is down",
      event: failed(1, "wire.unreachable"),
      to: "waiting",
      effects: [report("waiting", "wire.unreachable"), timer("retry", 250)],
    },
    {
      name: "pauses as long as it is asked to",
      event: failed(1, "wire.busy", 7_000),
      to: "waiting",
      effects: [report("waiting", "wire.busy"), timer("retry", 7_250)],
    },
    {
      name: "stops when it is revoked",
      event: failed(1, "auth.revoked"),
      to: "blocked",
      effects: [timer("blocked", 300_000), report("blocked", "auth.revoked")],
    },
    {
      name: "stops when its hello is refused",
      event: failed(1, "wire.malformed"),
      to: "blocked",
      effects: [timer("blocked"), report("blocked", "wire.malformed")],
    },
    {
      name: "learns the time from a refusal of its clock",
      event: { kind: "requestFailed", requestId: 1, tookMs: 10, failure: { code: "auth.clock", serverTimeMs: 5_000 } },
      to: "waiting",
      effects: [learn, report("waiting", "auth.clock"), timer("retry")],
    },
    { name: "stale", event: failed(99, "wire.deadline"), to: "greeting" },
  ],
  timerFired: [
    { name: "not its timer", event: fire("poll"), to: "greeting" },
    {
      name: "a blocked journal has another try",
      from: after(
        start(stored(10, 0), stored(5, 5, 2)),
        greeted(helloAck([journalHead(0), journalHead(5, "ours", 2)])),
        sent(2, 1, 1),
        failed(2, "ingest.chain-broken"),
        fire("poll"),
      ),
      event: fire("blocked"),
      to: "greeting",
      also: (s) => expect([s.journals[0]?.blocked, s.helloDue]).toEqual([undefined, true]),
    },
  ],
};

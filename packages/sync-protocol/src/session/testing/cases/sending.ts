import { expect } from "vitest";
import { step } from "../../terminal-session.ts";
import * as arrive from "../arrive.ts";
import { after, answered, failed, greeted, head, helloAck, journalHead, pushAck, sent, stamped, start, stored } from "../arrive.ts";
import { report, learn, sayHello, batch, timer, abandon, saveAck, advanced, fire, begun, verdict, oneBlocked, stale } from "./case.ts";
import type { CasesOfState } from "./case.ts";

export const sendingCases: CasesOfState = {
  ...stale("sending"),
  start: [{ name: "runs already", event: start(stored(1, 0)), to: "sending" }],
  stop: [
    {
      name: "gives up what is under way",
      from: after(...arrive.toFull),
      event: { kind: "stop" },
      to: "stopped",
      effects: [abandon(2), abandon(3), report("stopped")],
    },
  ],
  journalAdvanced: [
    {
      name: "sends at once where there is room",
      from: after(start(stored(2, 0)), greeted(helloAck([journalHead(0)])), sent(2, 2, 2)),
      event: advanced(3),
      to: "sending",
      effects: [batch(2)],
    },
    { name: "waits while the window is full", from: after(...arrive.toFull), event: advanced(11), to: "sending", effects: [] },
    {
      name: "word of an epoch that was closed",
      from: after(start(stored(2, 0, 2)), greeted(helloAck([journalHead(0, "ours", 2)]))),
      event: advanced(11),
      to: "sending",
      effects: [],
    },
  ],
  epochStarted: [
    {
      name: "names it in a hello once nothing is under way",
      event: begun(undefined),
      to: "sending",
      effects: [],
      also: (s) => expect(s.helloDue).toBe(true),
    },
  ],
  batchSent: [
    { name: "starts the next batch", from: after(...arrive.toSending), event: sent(2, 4, 4), to: "sending", effects: [batch(4)] },
    { name: "waits while the window is full", event: sent(3, 8, 4), to: "sending", effects: [] },
    {
      name: "the batch was longer than we were told",
      from: after(start(stored(2, 0)), greeted(helloAck([journalHead(0)]))),
      event: sent(2, 3, 3),
      to: "sending",
      effects: [],
      also: (s) => expect(s.journals[0]?.local.seq).toBe(3),
    },
    { name: "stale", event: sent(99, 4, 4), to: "sending" },
  ],
  batchEmpty: [
    {
      name: "pauses rather than turn in a circle",
      event: { kind: "batchEmpty", requestId: 3 },
      to: "waiting",
      effects: [abandon(2), abandon(3), report("waiting", "internal.unexpected"), timer("retry")],
    },
    { name: "stale", event: { kind: "batchEmpty", requestId: 99 }, to: "sending" },
  ],
  rangePruned: [
    {
      name: "blocks this journal",
      event: { kind: "rangePruned", requestId: 3 },
      to: "blocked",
      effects: [abandon(2), timer("blocked"), report("blocked", "ingest.gap-unfillable")],
    },
    {
      name: "goes on with the others",
      from: after(start(stored(10, 0), stored(5, 0, 2)), greeted(helloAck([journalHead(0), journalHead(0, "ours", 2)]))),
      event: { kind: "rangePruned", requestId: 2 },
      to: "sending",
      effects: [timer("blocked"), { kind: "sendBatch", epoch: arrive.NEXT_EPOCH }, report("sending", "ingest.gap-unfillable")],
    },
    { name: "stale", event: { kind: "rangePruned", requestId: 99 }, to: "sending" },
  ],
  pushAnswered: [
    {
      name: "stored: saves the head and fills the window",
      from: after(...arrive.toFull),
      event: answered(2, pushAck("stored", head(4))),
      to: "sending",
      effects: [learn, saveAck(4), batch(8)],
    },
    {
      name: "stored: the last one",
      from: after(start(stored(2, 0)), greeted(helloAck([journalHead(0)])), sent(2, 2, 2)),
      event: answered(2, pushAck("stored", head(2))),
      to: "idle",
      effects: [learn, saveAck(2), report("idle"), timer("poll")],
    },
    {
      name: "stored: out of order",
      from: after(...arrive.toFull),
      event: answered(3, pushAck("stored", head(8))),
      to: "sending",
      effects: [learn, saveAck(8), batch(8)],
    },
    {
      name: "stored: behind what a later answer said",
      from: after(...arrive.toFull, answered(3, pushAck("stored", head(8)))),
      event: answered(2, pushAck("stored", head(4))),
      to: "sending",
      effects: [learn],
      also: (s) => expect(s.journals[0]?.acked.seq).toBe(8),
    },
    {
      name: "duplicate: moves on all the same",
      from: after(...arrive.toFull),
      event: answered(2, pushAck("duplicate", head(4))),
      to: "sending",
      effects: [learn, saveAck(4), batch(8)],
    },
    {
      name: "duplicate: the upstream is past us, only our own batch counts",
      from: after(start(stored(2, 0)), greeted(helloAck([journalHead(0)])), sent(2, 2, 2)),
      event: answered(2, pushAck("duplicate", head(9, "theirs"))),
      to: "greeting",
      effects: [learn, saveAck(2), report("greeting"), sayHello(journalHead(2))],
    },
    {
      name: "stored, with a head before the batch: no upstream of ours",
      from: after(...arrive.toFull),
      event: answered(2, pushAck("stored", head(3))),
      to: "waiting",
      effects: [learn, abandon(3), report("waiting", "wire.not-cloud"), timer("retry")],
    },
    {
      name: "gap: behind one that is under way, holds back",
      from: after(...arrive.toFull),
      event: answered(3, pushAck("gap", head(0))),
      to: "sending",
      effects: [learn],
    },
    {
      name: "gap: sends from there when that one is answered",
      from: after(...arrive.toFull, answered(3, pushAck("gap", head(0)))),
      event: answered(2, pushAck("stored", head(4))),
      to: "sending",
      effects: [learn, saveAck(4), batch(4)],
    },
    {
      name: "gap: nothing before it under way, asks where to start",
      from: after(...arrive.toFull),
      event: answered(2, pushAck("gap", head(0))),
      to: "waiting",
      effects: [learn, abandon(3), report("waiting", "ingest.gap"), timer("retry")],
    },
    {
      name: "fork: begins another epoch",
      from: after(...arrive.toFull),
      event: answered(2, pushAck("fork", head(4, "theirs"))),
      to: "settling",
      effects: [learn, abandon(3), report("settling", "ingest.fork"), { kind: "startEpoch", reason: "fork", previousEpoch: arrive.EPOCH }],
    },
    {
      name: "keeps verdicts",
      from: after(...arrive.toFull),
      event: answered(2, pushAck("stored", head(4), { verdicts: [verdict] })),
      to: "sending",
      effects: [learn, { kind: "saveVerdicts", verdicts: [verdict] }, saveAck(4), batch(8)],
    },
    { name: "stale", event: answered(99, pushAck("stored", head(4))), to: "sending" },
  ],
  requestFailed: [
    {
      name: "gives up the window, pauses, goes slower",
      from: after(...arrive.toFull),
      event: failed(2, "wire.deadline"),
      to: "waiting",
      effects: [abandon(3), report("waiting", "wire.deadline"), timer("retry", 250)],
      also: (s) => expect([s.pace.entriesMax, s.pace.inFlightMax]).toEqual([4, 1]),
    },
    {
      name: "keeps its pace when the line is gone",
      from: after(...arrive.toFull),
      event: failed(2, "wire.unreachable"),
      to: "waiting",
      also: (s) => expect([s.pace.entriesMax, s.pace.inFlightMax]).toEqual([4, 2]),
    },
    {
      name: "too large: halves and sends again",
      from: after(...arrive.toFull),
      event: failed(2, "wire.too-large"),
      to: "sending",
      effects: [abandon(3), batch(0, 2)],
    },
    {
      name: "too large: one entry alone waits for a person",
      from: after(...arrive.toSending, sent(2, 1, 1)),
      event: failed(2, "wire.too-large"),
      to: "blocked",
      effects: [abandon(3), timer("blocked"), report("blocked", "wire.too-large")],
    },
    {
      name: "refused: this journal waits for a person",
      event: failed(2, "ingest.chain-broken"),
      to: "blocked",
      effects: [abandon(3), timer("blocked"), report("blocked", "ingest.chain-broken")],
    },
    {
      name: "revoked: all stops",
      event: failed(2, "auth.revoked"),
      to: "blocked",
      effects: [abandon(3), timer("blocked"), report("blocked", "auth.revoked")],
    },
    { name: "stale", event: failed(99, "wire.deadline"), to: "sending" },
  ],
  timerFired: [
    { name: "not its timer", event: fire("retry"), to: "sending" },
    {
      name: "a blocked journal has another try after what is under way",
      from: step(oneBlocked, stamped(advanced(6, arrive.NEXT_EPOCH))).state,
      event: fire("blocked"),
      to: "sending",
      effects: [report("sending")],
      also: (s) => expect([s.journals[0]?.blocked, s.journals[0]?.confirmed, s.helloDue]).toEqual([undefined, false, true]),
    },
  ],
};

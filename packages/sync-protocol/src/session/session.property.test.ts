import * as fc from "fast-check";
import { expect, test } from "vitest";
import { assert } from "../errors/assert.ts";
import type { ErrorCode } from "../errors/codes.ts";
import type { Epoch } from "../ids.ts";
import type { Head } from "../journal/head.ts";
import type { EventKind, SessionEvent } from "./event.ts";
import type { Step } from "./moves.ts";
import { journalOf, pushOf, type SessionState } from "./state.ts";
import { step } from "./terminal-session.ts";
import type { ToyTerminal } from "./testing/toy-terminal.ts";
import type { ToyUpstream } from "./testing/toy-upstream.ts";
import { decidePush } from "./upstream-session.ts";
import { SessionWorld, type Fault } from "./testing/session-world.ts";

/** Often enough that backlogs build up and rare faults meet them. */
const often = (kind: "write" | "deliver" | "fire", weight: number) => ({
  weight,
  arbitrary: fc.record({ kind: fc.constant(kind), pick: fc.nat(1_000) }),
});
const fault = (kind: Exclude<Fault["kind"], "refuse" | "crashAfter">, weight = 2) => ({
  weight,
  arbitrary: fc.record({ kind: fc.constant(kind), pick: fc.nat(1_000) }) as fc.Arbitrary<Fault>,
});
const codes: ErrorCode[] = [
  "wire.busy",
  "wire.unreachable",
  "wire.too-large",
  "auth.clock",
  "auth.revoked",
  "ingest.chain-broken",
  "wire.malformed",
];

const faults: fc.Arbitrary<Fault[]> = fc.array(
  fc.oneof(
    often("write", 12) as { weight: number; arbitrary: fc.Arbitrary<Fault> },
    often("deliver", 24) as { weight: number; arbitrary: fc.Arbitrary<Fault> },
    often("fire", 6) as { weight: number; arbitrary: fc.Arbitrary<Fault> },
    fault("duplicate"),
    fault("lose", 3),
    fault("expire"),
    fault("crash", 1),
    fault("prune", 1),
    fault("beginEpoch", 1),
    fault("keepUpstream"),
    fault("restoreUpstream", 1),
    fault("keepDisk"),
    fault("restoreDisk", 1),
    fault("clone", 1),
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("refuse" as const), pick: fc.nat(1_000), code: fc.constantFrom(...codes) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("crashAfter" as const), pick: fc.nat(1_000), effects: fc.nat(6) }) },
  ),
  { maxLength: 80, size: "max" },
);
const limits = fc.record({
  batchEntriesMax: fc.integer({ min: 1, max: 4 }),
  batchBytesMax: fc.constant(1_000_000),
  inFlightMax: fc.integer({ min: 1, max: 4 }),
});

/** A rule broken on purpose, at the upstream or in every terminal. */
interface Break {
  readonly upstream?: (upstream: ToyUpstream) => void;
  readonly terminal?: (terminal: ToyTerminal) => void;
}

const survives = (broken: Break) =>
  fc.property(limits, faults, (bounds, actions) => {
    const world = new SessionWorld(bounds, broken.terminal);
    broken.upstream?.(world.upstream);
    for (const action of actions) world.do(action);
    world.drain();
    world.check();
  });

test("whatever the network, the disks and the upstream do, all entries arrive and no chain is mixed", () => {
  fc.assert(survives({}), { numRuns: 3_000 });
});

/** The session with what came out of some steps altered. */
const after = (kind: EventKind, alter: (before: SessionState, event: SessionEvent, done: Step) => Step) => (terminal: ToyTerminal) => {
  terminal.run = (state, event) => (event.kind === kind ? alter(state, event, step(state, event)) : step(state, event));
};
const withAcked = (done: Step, epoch: number, head: Head): Step => ({
  effects: [...done.effects, { kind: "saveAck", epoch: epoch as Epoch, head }],
  state: {
    ...done.state,
    journals: done.state.journals.map((journal) => (journal.epoch === epoch ? { ...journal, acked: head, sent: head.seq } : journal)),
  },
});

const BREAKS: Record<string, { invariant: RegExp } & Break> = {
  "an upstream that acknowledges before it stores": {
    invariant: /I1/,
    upstream: (upstream) => void (upstream.keeps = (batch) => batch.firstSeq % 3 !== 0),
  },
  "an upstream that stores over a fork": {
    invariant: /I6/,
    upstream: (upstream) =>
      void (upstream.decide = (head, batch, hashAt) => {
        const decision = decidePush(head, batch, hashAt);
        const past = head.seq - batch.firstSeq + 1;
        return decision.outcome === "fork" && past < batch.hashes.length ? { outcome: "stored", fromIndex: past } : decision;
      }),
  },
  "an upstream that stores past a gap": {
    invariant: /I6/,
    upstream: (upstream) =>
      void (upstream.decide = (head, batch, hashAt) => {
        const decision = decidePush(head, batch, hashAt);
        return decision.outcome === "gap" ? { outcome: "stored", fromIndex: 0 } : decision;
      }),
  },
  "a terminal that takes the head in a duplicate's answer for its own": {
    invariant: /I2|I3/,
    terminal: after("pushAnswered", (before, event, done) => {
      assert(event.kind === "pushAnswered", "asked for these alone");
      const push = pushOf(before, event.requestId);
      return push === undefined || event.ack.outcome !== "duplicate" ? done : withAcked(done, push.epoch, event.ack.head);
    }),
  },
  "a terminal that skips a batch which fails": {
    invariant: /I1/,
    terminal: after("requestFailed", (before, event, done) => {
      assert(event.kind === "requestFailed", "asked for these alone");
      const push = pushOf(before, event.requestId);
      return push?.head === undefined ? done : withAcked(done, push.epoch, push.head);
    }),
  },
  "a terminal that does not go back when the upstream was restored": {
    invariant: /I7/,
    terminal: (terminal) =>
      void (terminal.run = (state, event) => {
        if (event.kind !== "helloAnswered") return step(state, event);
        const stubborn = event.ack.journals.map((head) => {
          const acked = journalOf(state, head.epoch)?.acked;
          return acked !== undefined && acked.seq > head.seq ? { ...acked, epoch: head.epoch } : head;
        });
        return step(state, { ...event, ack: { ...event.ack, journals: stubborn } });
      }),
  },
  "a terminal that carries over only what was never acknowledged": {
    invariant: /I3/,
    terminal: (terminal) => void (terminal.carriesOver = (journal) => journal.acked.seq),
  },
};

test.each(Object.entries(BREAKS))("the model catches %s", (_, { invariant, ...broken }) => {
  const result = fc.check(survives(broken), { numRuns: 20_000, endOnFailure: true, seed: 1 });
  expect(result.failed).toBe(true);
  expect(String(result.errorInstance)).toMatch(invariant);
});

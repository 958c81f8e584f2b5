import { describe, expect, test } from "vitest";
import type { Epoch } from "../ids.ts";
import { HELLO_JOURNALS_MAX, PUSH_HEADER_BYTES_MAX } from "../limits.ts";
import type { Effect, EffectKind, EffectOf } from "./effect.ts";
import { brokenInvariants } from "./invariants.ts";
import { LATENCY_DOMINATES_MS } from "./pace.ts";
import { initialState, pendingEntries, type SessionState } from "./state.ts";
import { step } from "./terminal-session.ts";
import {
  answered,
  failed,
  greeted,
  head,
  helloAck,
  journalHead,
  pushAck,
  sent,
  stamped,
  start,
  stored,
  type PlainEvent,
} from "./testing/arrive.ts";

/** A session that is told events and remembers what it wanted. */
class Told {
  state: SessionState = initialState();
  effects: readonly Effect[] = [];

  tell(...events: PlainEvent[]): this {
    this.effects = events.flatMap((event) => {
      const done = step(this.state, stamped(event));
      this.state = done.state;
      expect(brokenInvariants(done.state)).toEqual([]);
      return done.effects;
    });
    return this;
  }

  wanted<K extends EffectKind>(kind: K): EffectOf<K>[] {
    return this.effects.filter((effect): effect is EffectOf<K> => effect.kind === kind);
  }
}

const limits = { batchEntriesMax: 4, batchBytesMax: 5_000, inFlightMax: 4 };
/** Four batches of four under way as requests 4 to 7, the entries before them stored with slow answers. */
const wide = () =>
  new Told().tell(
    start(stored(100, 0)),
    greeted(helloAck([journalHead(0)], { limits })),
    sent(2, 4, 4),
    sent(3, 8, 4),
    answered(2, pushAck("stored", head(4)), LATENCY_DOMINATES_MS),
    sent(4, 12, 4),
    answered(3, pushAck("stored", head(8)), LATENCY_DOMINATES_MS),
    ...[16, 20, 24].map((at, i) => sent(5 + i, at, 4)),
  );

describe("the window", () => {
  test("widens to what both sides allow, with batches that follow each other", () => {
    const session = wide();
    expect(session.state.pushes.map(({ requestId, afterSeq }) => [requestId, afterSeq])).toEqual([
      [4, 8],
      [5, 12],
      [6, 16],
      [7, 20],
    ]);
    expect(pendingEntries(session.state)).toBe(92);
  });

  test("leaves room for the header within the bytes of a batch", () => {
    const session = new Told().tell(start(stored(9, 0)), greeted(helloAck([journalHead(0)], { limits })));
    expect(session.wanted("sendBatch")).toMatchObject([{ bytesMax: 5_000 - PUSH_HEADER_BYTES_MAX }]);
    const narrow = new Told().tell(start(stored(9, 0)), greeted(helloAck([journalHead(0)], { limits: { ...limits, batchBytesMax: 1 } })));
    expect(narrow.wanted("sendBatch")).toMatchObject([{ bytesMax: 1 }]);
  });

  test("a batch that overtook the others is sent again when they all are answered, not before", () => {
    const session = wide().tell(answered(7, pushAck("gap", head(8))));
    expect(session.state.pace.inFlightMax).toBe(2);
    session.tell(answered(4, pushAck("stored", head(12))), answered(5, pushAck("stored", head(16))));
    expect(session.wanted("sendBatch")).toEqual([]);
    session.tell(answered(6, pushAck("stored", head(20))));
    expect(session.wanted("sendBatch")).toMatchObject([{ afterSeq: 20 }]);
    expect(session.tell(sent(8, 24, 4)).wanted("sendBatch")).toMatchObject([{ afterSeq: 24 }]);
  });

  test("a gap in the middle gives up what follows it, and the late answer of that changes nothing", () => {
    const session = wide().tell(answered(5, pushAck("gap", head(8))));
    expect(session.wanted("abandonRequest")).toMatchObject([{ requestId: 6 }, { requestId: 7 }]);
    session.tell(answered(7, pushAck("stored", head(24))));
    expect(session.effects).toEqual([]);
  });
});

describe("failures in a row", () => {
  const delays = (session: Told) =>
    session
      .wanted("setTimer")
      .filter(({ timer }) => timer === "retry")
      .map(({ delayMs }) => delayMs);
  const failing = () =>
    new Told().tell(
      start(stored(4, 0)),
      failed(1, "wire.unreachable"),
      { kind: "timerFired", timer: "retry" },
      failed(2, "wire.unreachable"),
    );

  test("double the pause", () => {
    expect(delays(failing())).toEqual([250, 500]);
    expect(delays(failing().tell({ kind: "timerFired", timer: "retry" }, failed(3, "wire.unreachable")))).toEqual([1_000]);
  });

  test("a hello that is answered does not end them, for the batches may still fail", () => {
    const session = failing().tell(
      { kind: "timerFired", timer: "retry" },
      greeted(helloAck([journalHead(0)]), 3),
      sent(4, 4, 4),
      failed(4, "wire.deadline"),
    );
    expect(delays(session)).toEqual([1_000]);
  });

  test("a batch that is stored ends them", () => {
    const session = failing().tell(
      { kind: "timerFired", timer: "retry" },
      greeted(helloAck([journalHead(0)]), 3),
      sent(4, 2, 2),
      sent(5, 4, 2),
      answered(4, pushAck("stored", head(2))),
      failed(5, "wire.deadline"),
    );
    expect(delays(session)).toEqual([250]);
  });

  test("and so does a hello that finds nothing to send", () => {
    const session = failing().tell(
      { kind: "timerFired", timer: "retry" },
      greeted(helloAck([journalHead(4)]), 3),
      { kind: "timerFired", timer: "poll" },
      failed(4, "wire.unreachable"),
    );
    expect(delays(session)).toEqual([250]);
  });
});

describe("lives of a journal", () => {
  const begun = (epoch: number, closed: number): PlainEvent => ({
    kind: "epochStarted",
    closedEpoch: closed as Epoch,
    journal: stored(4, 0, epoch),
  });

  test("a second fork in a row jumps further ahead, one after a stored entry does not", () => {
    const session = new Told().tell(start(stored(4, 0)), greeted(helloAck([journalHead(9, "theirs")])));
    expect(session.wanted("startEpoch")).toMatchObject([{ previousEpoch: 1, afterEpoch: 1 }]);
    session.tell(begun(2, 1), greeted(helloAck([journalHead(9, "theirs", 2)]), 2));
    expect(session.wanted("startEpoch")).toMatchObject([{ previousEpoch: 2, afterEpoch: 3 }]);
    session.tell(begun(4, 2), greeted(helloAck([journalHead(0, "ours", 4)]), 3), sent(4, 2, 2, 4), sent(5, 4, 2, 4));
    session.tell(answered(4, pushAck("stored", head(2, "ours", 4))), answered(5, pushAck("fork", head(9, "theirs", 4))));
    expect(session.wanted("startEpoch")).toMatchObject([{ previousEpoch: 4, afterEpoch: 4 }]);
  });

  test("after a fork a hello comes first, also where another journal could go on", () => {
    const session = new Told().tell(
      start(stored(4, 0), stored(9, 0, 2)),
      greeted(helloAck([journalHead(9, "theirs"), journalHead(0, "ours", 2)])),
    );
    session.tell(begun(3, 1));
    expect(session.state.name).toBe("greeting");
    expect(session.wanted("sendBatch")).toEqual([]);
  });
});

describe("what waits for a person", () => {
  test("keeps one timer, however many journals wait", () => {
    const session = new Told().tell(start(stored(4, 0), stored(4, 0, 2)), greeted(helloAck([journalHead(0), journalHead(0, "ours", 2)])));
    session.tell(sent(2, 1, 1), failed(2, "ingest.chain-broken"));
    expect(session.wanted("setTimer")).toMatchObject([{ timer: "blocked" }]);
    const [push] = session.state.pushes;
    session.tell({ kind: "rangePruned", requestId: push?.requestId ?? 0 });
    expect([session.state.name, session.wanted("setTimer")]).toEqual(["blocked", []]);
  });
});

test("a terminal with more lives than a hello holds names those with entries to send first, and the rest when these are through", () => {
  const all = Array.from({ length: HELLO_JOURNALS_MAX + 6 }, (_, i) => stored(1, i < 3 ? 1 : 0, i + 1));
  const session = new Told().tell(start(...all));
  const named = session.wanted("sendHello").flatMap(({ journals }) => journals.map(({ epoch }) => epoch as number));
  expect([named.length, named[0], named.at(-1)]).toEqual([HELLO_JOURNALS_MAX, 4, HELLO_JOURNALS_MAX + 3]);
  session.tell(
    greeted(
      helloAck(
        named.map((epoch) => journalHead(0, "ours", epoch)),
        { limits },
      ),
    ),
  );
  for (const epoch of named) {
    const push = session.state.pushes.find((other) => other.epoch === epoch);
    session.tell(sent(push?.requestId ?? 0, 1, 1, epoch), answered(push?.requestId ?? 0, pushAck("stored", head(1, "ours", epoch))));
  }
  const next = session.wanted("sendHello").flatMap(({ journals }) => journals.map(({ epoch }) => epoch as number));
  expect(next.slice(0, 3)).toEqual([HELLO_JOURNALS_MAX + 4, HELLO_JOURNALS_MAX + 5, HELLO_JOURNALS_MAX + 6]);
  expect(next.length).toBe(HELLO_JOURNALS_MAX);
});

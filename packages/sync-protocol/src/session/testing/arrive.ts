import type { ErrorCode } from "../../errors/codes.ts";
import type { Epoch, Seq, StoreId } from "../../ids.ts";
import type { Head, JournalHead } from "../../journal/head.ts";
import type { HelloAck } from "../../messages/hello.ts";
import type { PushAck } from "../../messages/push-ack.ts";
import type { SessionEvent, StoredJournal } from "../event.ts";
import { initialState, type SessionState } from "../state.ts";
import { step } from "../terminal-session.ts";
import { toyGenesis, toyHash } from "./toy-journal.ts";

type Unstamped<E> = E extends unknown ? Omit<E, "nowMs" | "random"> : never;
export type PlainEvent = Unstamped<SessionEvent>;

/** Moments at which nothing depends on the time and chance stands at its middle. */
export const stamped = (event: PlainEvent): SessionEvent => ({ ...event, nowMs: 1_000, random: 0.5 });

export const EPOCH = 1 as Epoch;
export const NEXT_EPOCH = 2 as Epoch;

/** Head of the journal of these tests after `seq` entries. */
export const head = (seq: number, branch = "ours", epoch: number = EPOCH): Head => ({
  seq: seq as Seq,
  hash: seq === 0 && branch === "ours" ? toyGenesis(epoch) : toyHash(branch, `${epoch}/${seq}`),
});
export const journalHead = (seq: number, branch = "ours", epoch: number = EPOCH): JournalHead => ({
  epoch: epoch as Epoch,
  ...head(seq, branch, epoch),
});

export const stored = (local: number, acked: number, epoch: number = EPOCH): StoredJournal => ({
  epoch: epoch as Epoch,
  local: head(local, "ours", epoch),
  acked: head(acked, "ours", epoch),
  closed: false,
});

const news = { serverTimeMs: 5_000, verdicts: [], verdictsMore: false };

/** Batches of four, two under way. */
export const helloAck = (journals: JournalHead[], more: Partial<HelloAck> = {}): HelloAck => ({
  version: 1,
  store: "store-1" as StoreId,
  journals,
  maxEpoch: EPOCH,
  limits: { batchEntriesMax: 4, batchBytesMax: 1_000, inFlightMax: 2 },
  ...news,
  ...more,
});

export const pushAck = (outcome: PushAck["outcome"], at: Head, more: Partial<PushAck> = {}): PushAck => ({
  outcome,
  head: at,
  maxEpoch: EPOCH,
  ...news,
  ...more,
});

export const failed = (requestId: number, code: ErrorCode, retryAfterMs?: number): PlainEvent => ({
  kind: "requestFailed",
  requestId,
  tookMs: 10,
  failure: { code, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) },
});

/** The state after these events from `stopped`. */
export const after = (...events: PlainEvent[]): SessionState =>
  events.reduce((state, event) => step(state, stamped(event)).state, initialState());

export const start = (...journals: StoredJournal[]): PlainEvent => ({ kind: "start", journals });
export const greeted = (ack: HelloAck, requestId = 1): PlainEvent => ({ kind: "helloAnswered", requestId, ack, tookMs: 10 });
export const sent = (requestId: number, at: number, entries: number, epoch: number = EPOCH): PlainEvent => ({
  kind: "batchSent",
  requestId,
  head: head(at, "ours", epoch),
  entries,
});
export const answered = (requestId: number, ack: PushAck, tookMs = 10): PlainEvent => ({ kind: "pushAnswered", requestId, ack, tookMs });

/** Ten entries on disk, none acknowledged. */
export const toGreeting = [start(stored(10, 0))];
export const toSending = [...toGreeting, greeted(helloAck([journalHead(0)]))];
/** Entries 1 to 4 are on their way as request 2, 5 to 8 are being read as request 3. */
export const toSent = [...toSending, sent(2, 4, 4)];
/** Both are on their way. */
export const toFull = [...toSent, sent(3, 8, 4)];

/** One state of each name, reached by events. */
export const ARRIVE: Record<SessionState["name"], () => SessionState> = {
  stopped: () => after(),
  greeting: () => after(...toGreeting),
  settling: () => after(...toGreeting, greeted(helloAck([journalHead(4)]))),
  sending: () => after(...toSent),
  idle: () => after(start(stored(10, 10)), greeted(helloAck([journalHead(10)]))),
  waiting: () => after(...toGreeting, failed(1, "wire.unreachable")),
  blocked: () => after(...toGreeting, failed(1, "auth.revoked")),
};

import { assert, unreachable } from "../errors/assert.ts";
import type { Seq } from "../ids.ts";
import type { Head } from "../journal/head.ts";
import type { PushAck } from "../messages/push-ack.ts";
import type { EventOf, Moment } from "./event.ts";
import { advance, at, blockJournal, change, changeJournal, dropPushes, dropRequests, type Step } from "./moves.ts";
import { onPassing } from "./on-failure.ts";
import { sameHead, startNextEpoch, takeNews } from "./on-hello.ts";
import { growPace, narrowPace } from "./pace.ts";
import { journalOf, NOTHING_TO_SETTLE, pushOf, type JournalState, type PushRequest, type SessionState } from "./state.ts";

/** A batch is on its way: now it is known how far it goes, and the next one may start. */
export function onBatchSent(state: SessionState, event: EventOf<"batchSent">): Step {
  const push = pushOf(state, event.requestId);
  const journal = push && journalOf(state, push.epoch);
  if (push === undefined || journal === undefined) return at(state);
  assert(event.entries >= 1 && event.head.seq === push.afterSeq + event.entries, "a batch is dense and starts after afterSeq");
  const pushes = state.pushes.map((other) => (other === push ? { ...push, head: event.head, entries: event.entries } : other));
  // The batch may hold entries that are newer than what we were told of.
  const local = event.head.seq > journal.local.seq ? event.head : journal.local;
  return advance(changeJournal(change(at(state), { pushes }), push.epoch, { sent: event.head.seq, local }), event);
}

/** The journal is shorter than it was said to be. Pause and look again rather than turn in a circle. */
export const onBatchEmpty = (state: SessionState, event: EventOf<"batchEmpty">): Step =>
  pushOf(state, event.requestId) === undefined ? at(state) : onPassing(at(state), { code: "internal.unexpected" }, event);

/** The upstream lacks entries that are no longer kept. */
export function onRangePruned(state: SessionState, event: EventOf<"rangePruned">): Step {
  const push = pushOf(state, event.requestId);
  if (push === undefined) return at(state);
  const step = change(at(state), { pushes: state.pushes.filter((other) => other !== push) });
  return advance(blockJournal(step, push.epoch, "ingest.gap-unfillable", event), event);
}

/** The upstream answered a batch. */
export function onPushAnswered(state: SessionState, event: EventOf<"pushAnswered">): Step {
  const push = pushOf(state, event.requestId);
  const journal = push && journalOf(state, push.epoch);
  if (push === undefined || journal === undefined) return at(state);
  const { ack } = event;
  const answered = change(at(state), { pushes: state.pushes.filter((other) => other !== push) });
  const step = takeNews(answered, ack, event.tookMs);
  switch (ack.outcome) {
    case "stored":
    case "duplicate":
      return onStored(step, journal, push, event);
    case "gap":
      return onGap(step, journal, push, event);
    case "fork": {
      const settling = { ...NOTHING_TO_SETTLE, forked: [{ epoch: push.epoch, reason: "fork" as const }] };
      return startNextEpoch(change(dropRequests(step), { settling }), event);
    }
    default:
      return unreachable(ack.outcome);
  }
}

/**
 * Only the batch's own head is taken for acknowledged, never the head in the answer: on a duplicate that one may
 * already be of another branch, and entries of ours past it would count as sent that never were.
 */
function onStored(step: Step, journal: JournalState, push: PushRequest, event: EventOf<"pushAnswered">): Step {
  const { head, entries } = push;
  assert(head !== undefined, "batchSent comes before the answer");
  if (!covers(event.ack, head)) return onPassing(step, { code: "wire.not-cloud" }, event);
  const further = head.seq > journal.acked.seq;
  const acked = further ? head : journal.acked;
  const grown = change(step, {
    failures: 0,
    pace: growPace(step.state.pace, { entries, tookMs: event.tookMs }),
    // Entries past our own: someone else writes this journal. The next hello finds out.
    helloDue: step.state.helloDue || event.ack.head.seq > Math.max(journal.local.seq, journal.sent),
  });
  const effects = further ? [{ kind: "saveAck" as const, epoch: push.epoch, head }] : [];
  const held = journal.held && hasPushes(step.state, journal);
  const lives = event.ack.outcome === "stored" ? 0 : journal.lives;
  return advance(changeJournal(grown, push.epoch, { acked, sent: later(journal.sent, acked.seq), held, lives }, ...effects), event);
}

/** An upstream that says "stored" and tells a head before the batch, or another one at its end, contradicts itself. */
const covers = (ack: PushAck, head: Head): boolean => ack.head.seq > head.seq || sameHead(ack.head, head);

/**
 * The batch came before an earlier one. While that is still under way, hold back and send from here when it is
 * answered. Otherwise entries are missing that were acknowledged or given up: pause, and ask where to start.
 */
function onGap(step: Step, journal: JournalState, push: PushRequest, moment: Moment): Step {
  if (!step.state.pushes.some((other) => other.epoch === push.epoch && other.afterSeq < push.afterSeq))
    return onPassing(step, { code: "ingest.gap" }, moment);
  const dropped = dropPushes(step, push.epoch, push.afterSeq);
  const narrowed = change(dropped, { pace: narrowPace(dropped.state.pace) });
  return advance(changeJournal(narrowed, journal.epoch, { sent: push.afterSeq, held: true }), moment);
}

const later = (a: Seq, b: Seq): Seq => (a > b ? a : b);
const hasPushes = (state: SessionState, journal: JournalState): boolean => state.pushes.some((push) => push.epoch === journal.epoch);

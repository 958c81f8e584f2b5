import { assert } from "../errors/assert.ts";
import type { EventKind, EventOf, SessionEvent } from "./event.ts";
import { advance, at, change, changeJournal, dropRequests, enter, greet, type Step } from "./moves.ts";
import { onHelloFailed, onPushFailed } from "./on-failure.ts";
import { onEpochSettled, onEpochStarted, onHeadChecked, onHelloAnswered, openJournal } from "./on-hello.ts";
import { onBatchEmpty, onBatchSent, onPushAnswered, onRangePruned } from "./on-push.ts";
import { initialState, journalOf, type SessionState, type StateName } from "./state.ts";

type Handler<K extends EventKind> = (state: SessionState, event: EventOf<K>) => Step;
/** What a state does about an event, or why it does nothing. */
type Cell<K extends EventKind> = Handler<K> | { readonly ignored: string };

const STALE = { ignored: "It belongs to a request that was given up; what it told is found out again." } as const;
const NOT_ASKED = { ignored: "Nothing was asked; the answer belongs to an earlier life of the session." } as const;
const STARTED = { ignored: "The session runs already." } as const;
const STOPPED = { ignored: "The session is stopped; the next start brings the journals as they then are." } as const;

/** Every state against every event. The compiler finds a missing cell, `transition-table.test.ts` an untested one. */
export const TRANSITIONS = {
  stopped: {
    start: onStart,
    stop: { ignored: "Stopped already." },
    journalAdvanced: STOPPED,
    epochStarted: STOPPED,
    helloAnswered: STALE,
    headChecked: NOT_ASKED,
    batchSent: STALE,
    batchEmpty: STALE,
    rangePruned: STALE,
    pushAnswered: STALE,
    requestFailed: STALE,
    timerFired: { ignored: "Fired while it was being cancelled." },
  },
  greeting: {
    start: STARTED,
    stop: onStop,
    journalAdvanced: onJournalAdvanced,
    epochStarted: onEpochMeanwhile,
    helloAnswered: onHelloAnswered,
    headChecked: NOT_ASKED,
    batchSent: STALE,
    batchEmpty: STALE,
    rangePruned: STALE,
    pushAnswered: STALE,
    requestFailed: onHelloFailed,
    timerFired: onTimerMeanwhile,
  },
  settling: {
    start: STARTED,
    stop: onStop,
    journalAdvanced: onJournalAdvanced,
    epochStarted: onEpochSettled,
    helloAnswered: STALE,
    headChecked: onHeadChecked,
    batchSent: STALE,
    batchEmpty: STALE,
    rangePruned: STALE,
    pushAnswered: STALE,
    requestFailed: STALE,
    timerFired: onTimerMeanwhile,
  },
  sending: {
    start: STARTED,
    stop: onStop,
    journalAdvanced: onJournalToSend,
    epochStarted: onEpochToSend,
    helloAnswered: STALE,
    headChecked: NOT_ASKED,
    batchSent: onBatchSent,
    batchEmpty: onBatchEmpty,
    rangePruned: onRangePruned,
    pushAnswered: onPushAnswered,
    requestFailed: onPushFailed,
    timerFired: onTimerMeanwhile,
  },
  idle: {
    start: STARTED,
    stop: onStop,
    journalAdvanced: onJournalToSend,
    epochStarted: onEpochToSend,
    helloAnswered: STALE,
    headChecked: NOT_ASKED,
    batchSent: STALE,
    batchEmpty: STALE,
    rangePruned: STALE,
    pushAnswered: STALE,
    requestFailed: STALE,
    timerFired: onTimerAtRest,
  },
  waiting: {
    start: STARTED,
    stop: onStop,
    journalAdvanced: onJournalAdvanced,
    epochStarted: onEpochMeanwhile,
    helloAnswered: STALE,
    headChecked: NOT_ASKED,
    batchSent: STALE,
    batchEmpty: STALE,
    rangePruned: STALE,
    pushAnswered: STALE,
    requestFailed: STALE,
    timerFired: onTimerWaiting,
  },
  blocked: {
    start: STARTED,
    stop: onStop,
    journalAdvanced: onJournalAdvanced,
    epochStarted: onEpochToSend,
    helloAnswered: STALE,
    headChecked: NOT_ASKED,
    batchSent: STALE,
    batchEmpty: STALE,
    rangePruned: STALE,
    pushAnswered: STALE,
    requestFailed: STALE,
    timerFired: onTimerAtRest,
  },
} as const satisfies { [S in StateName]: { [K in EventKind]: Cell<K> } };

/**
 * One step of the terminal's side: replicates all open journals of one terminal to one upstream, oldest epoch first.
 * Pure: no clock, no IO, no chance but what the event brings. The host performs the effects in order, then tells what
 * came of them as further events. SPEC.md says what holds.
 */
export function step(state: SessionState, event: SessionEvent): Step {
  const cell = TRANSITIONS[state.name][event.kind] as Cell<EventKind>;
  return "ignored" in cell ? at(state) : (cell as (state: SessionState, event: SessionEvent) => Step)(state, event);
}

function onStart(state: SessionState, event: EventOf<"start">): Step {
  const open = event.journals.filter((journal) => !journal.closed).map(openJournal);
  const journals = open.toSorted((a, b) => a.epoch - b.epoch);
  return greet(at({ ...initialState(), journals, nextRequestId: state.nextRequestId }), event);
}

function onStop(state: SessionState, event: EventOf<"stop">): Step {
  const stopped = enter(dropRequests(at(state)), "stopped", event, undefined);
  return state.blockedTimer ? change(stopped, { blockedTimer: false }, { kind: "cancelTimer", timer: "blocked" }) : stopped;
}

function onJournalAdvanced(state: SessionState, event: EventOf<"journalAdvanced">): Step {
  const journal = journalOf(state, event.epoch);
  if (journal === undefined) {
    // Word of an epoch that was closed meanwhile. Of one that was never told, entries would stay behind unseen.
    assert(
      state.journals.some(({ epoch }) => epoch > event.epoch),
      "an epoch is told with epochStarted before it grows",
    );
    return at(state);
  }
  return event.head.seq > journal.local.seq ? changeJournal(at(state), event.epoch, { local: event.head }) : at(state);
}

/** At once: a sale is to be in the cloud within a second. */
function onJournalToSend(state: SessionState, event: EventOf<"journalAdvanced">): Step {
  return advance(onJournalAdvanced(state, event), event);
}

/** The hello that is under way or to come does not name the new journal; another one follows it. */
function onEpochMeanwhile(state: SessionState, event: EventOf<"epochStarted">): Step {
  return change(onEpochStarted(state, event), { helloDue: true });
}

function onEpochToSend(state: SessionState, event: EventOf<"epochStarted">): Step {
  return advance(onEpochMeanwhile(state, event), event);
}

function onTimerWaiting(state: SessionState, event: EventOf<"timerFired">): Step {
  return event.timer === "retry" ? greet(at(state), event) : onTimerMeanwhile(state, event);
}

function onTimerAtRest(state: SessionState, event: EventOf<"timerFired">): Step {
  if (event.timer === "poll") return state.name === "idle" ? greet(at(state), event) : at(state);
  return event.timer === "blocked" && state.blockedTimer ? greet(unblock(state), event) : at(state);
}

/** The `blocked` timer runs on while other journals are sent. */
function onTimerMeanwhile(state: SessionState, event: EventOf<"timerFired">): Step {
  if (event.timer !== "blocked" || !state.blockedTimer) return at(state);
  const unblocked = change(unblock(state), { helloDue: true });
  return state.name === "sending" ? advance(unblocked, event) : unblocked;
}

/** Blocked journals have another try, from what the next hello finds. */
const unblock = (state: SessionState): Step =>
  change(at(state), {
    blockedTimer: false,
    journals: state.journals.map((journal) =>
      journal.blocked === undefined ? journal : { ...journal, blocked: undefined, confirmed: false },
    ),
  });

import type { Epoch } from "../ids.ts";
import type { Head, JournalHead } from "../journal/head.ts";
import type { HelloAck } from "../messages/hello.ts";
import type { PushAck } from "../messages/push-ack.ts";
import type { Failure } from "./failure.ts";

/** Number of a request of this session; never used twice. */
export type RequestId = number;

/** `retry`: the pause after a failure. `poll`: asking again while idle. `blocked`: looking whether a person has acted. */
export type TimerName = "retry" | "poll" | "blocked";

/** A journal as the host finds it on its disk when a session starts. */
export interface StoredJournal {
  readonly epoch: Epoch;
  readonly local: Head;
  /** What the upstream has acknowledged, as last saved; sequence 0 and the genesis hash when it never has. */
  readonly acked: Head;
  /** Its kept entries were carried over into a later epoch; it is not sent any more. */
  readonly closed: boolean;
}

/** What every event brings: a monotonic clock, and a number in [0, 1) drawn by the host, which is all the chance there is. */
export interface Moment {
  readonly nowMs: number;
  readonly random: number;
}

/** What happened, as the host tells it. One host call to `step` per event, in the order in which things happened. */
export type SessionEvent = Moment &
  (
    | { readonly kind: "start"; readonly journals: readonly StoredJournal[] }
    | { readonly kind: "stop" }
    /** New entries are on disk. */
    | { readonly kind: "journalAdvanced"; readonly epoch: Epoch; readonly head: Head }
    | { readonly kind: "helloAnswered"; readonly requestId: RequestId; readonly ack: HelloAck; readonly tookMs: number }
    /** Answer to `checkHead`: is `head` on our own chain? `pruned`: the entries right after it are no longer kept. */
    | { readonly kind: "headChecked"; readonly head: JournalHead; readonly verdict: "ours" | "foreign" | "pruned" }
    /** A batch was read and is on its way; `head` is that after its last entry. Comes before the request's answer. */
    | { readonly kind: "batchSent"; readonly requestId: RequestId; readonly head: Head; readonly entries: number }
    /** There is nothing past `afterSeq`, although the journal was said to be longer. */
    | { readonly kind: "batchEmpty"; readonly requestId: RequestId }
    /** The entries asked for are no longer kept. */
    | { readonly kind: "rangePruned"; readonly requestId: RequestId }
    | { readonly kind: "pushAnswered"; readonly requestId: RequestId; readonly ack: PushAck; readonly tookMs: number }
    /** No usable answer; every request has a deadline of the host's, so that this or an answer always comes. */
    | { readonly kind: "requestFailed"; readonly requestId: RequestId; readonly failure: Failure; readonly tookMs: number }
    | { readonly kind: "timerFired"; readonly timer: TimerName }
    /**
     * The new journal as it stands on disk, what was carried over included. Answer to `startEpoch`, and also told when the
     * host begins an epoch for reasons of its own; `closedEpoch` is the one that it supersedes, if any.
     */
    | { readonly kind: "epochStarted"; readonly closedEpoch: Epoch | undefined; readonly journal: StoredJournal }
  );

export type EventKind = SessionEvent["kind"];
export type EventOf<K extends EventKind> = Extract<SessionEvent, { kind: K }>;

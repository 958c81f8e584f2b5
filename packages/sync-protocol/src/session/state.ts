import type { ErrorCode } from "../errors/codes.ts";
import type { Epoch, Seq } from "../ids.ts";
import type { Head, JournalHead } from "../journal/head.ts";
import type { RequestId } from "./event.ts";
import { PACE_START, type Pace } from "./pace.ts";

/**
 * `stopped`: nothing is under way. `greeting`: a hello is. `settling`: the host compares the upstream's heads with our
 * chain, or begins an epoch. `sending`: batches are under way. `idle`: the upstream has all there is to send. `waiting`:
 * a pause after a failure. `blocked`: nothing can be sent until a person acts; looked at again slowly.
 */
export const STATE_NAMES = ["stopped", "greeting", "settling", "sending", "idle", "waiting", "blocked"] as const;
export type StateName = (typeof STATE_NAMES)[number];

/** One journal (epoch) on its way to the upstream. `acked <= sent <= local` holds for one that is open for sending. */
export interface JournalState {
  readonly epoch: Epoch;
  readonly local: Head;
  /** The upstream's own word, found to be on our chain. */
  readonly acked: Head;
  /** Last entry that a request under way carries, or `acked.seq`. */
  readonly sent: Seq;
  /** The last hello's head of it was found to be ours; nothing is sent before. */
  readonly confirmed: boolean;
  readonly blocked: ErrorCode | undefined;
  /** A batch overtook an earlier one; nothing more is sent until the earlier ones are answered. */
  readonly held: boolean;
  /** Epochs begun in a row on the way to this one without one entry stored in between. */
  readonly lives: number;
}

/** A push that is under way. Without `head` it is still being read; the journal sends nothing more until then. */
export interface PushRequest {
  readonly requestId: RequestId;
  readonly epoch: Epoch;
  readonly afterSeq: Seq;
  readonly head: Head | undefined;
  readonly entries: number;
}

/** What the host is asked about while `settling`. */
export interface Settling {
  readonly checks: readonly JournalHead[];
  readonly forked: readonly { readonly epoch: Epoch; readonly reason: "fork" | "restored" }[];
  /** The journal whose successor is being begun. */
  readonly starting: Epoch | undefined;
}

export interface SessionState {
  readonly name: StateName;
  /** When `name` was entered, by the clock of the events. */
  readonly sinceMs: number;
  /** Why it is waiting or blocked. */
  readonly code: ErrorCode | undefined;
  /** Open journals, oldest epoch first. */
  readonly journals: readonly JournalState[];
  readonly hello: { readonly requestId: RequestId; readonly named: readonly Epoch[] } | undefined;
  readonly pushes: readonly PushRequest[];
  readonly settling: Settling;
  readonly pace: Pace;
  /** Failures since the last batch that was stored, or the last hello that found nothing to send. */
  readonly failures: number;
  /** A hello is due as soon as nothing is under way. */
  readonly helloDue: boolean;
  /** The last answer left verdicts behind. */
  readonly verdictsMore: boolean;
  /** The `blocked` timer runs. */
  readonly blockedTimer: boolean;
  /** Highest epoch that the upstream knows of this terminal. */
  readonly maxEpoch: number;
  readonly nextRequestId: RequestId;
}

export const NOTHING_TO_SETTLE: Settling = { checks: [], forked: [], starting: undefined };

export const initialState = (): SessionState => ({
  name: "stopped",
  sinceMs: 0,
  code: undefined,
  hello: undefined,
  journals: [],
  pushes: [],
  settling: NOTHING_TO_SETTLE,
  pace: PACE_START,
  failures: 0,
  helloDue: false,
  verdictsMore: false,
  blockedTimer: false,
  maxEpoch: 0,
  nextRequestId: 1,
});

export const journalOf = (state: SessionState, epoch: Epoch): JournalState | undefined =>
  state.journals.find((journal) => journal.epoch === epoch);
export const pushOf = (state: SessionState, requestId: RequestId): PushRequest | undefined =>
  state.pushes.find((push) => push.requestId === requestId);

/** Entries that the upstream has not acknowledged. */
export const pendingEntries = (state: SessionState): number =>
  state.journals.reduce((sum, journal) => sum + Math.max(0, journal.local.seq - journal.acked.seq), 0);

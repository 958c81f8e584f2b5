import type { ErrorCode } from "../../../errors/codes.ts";
import type { Verdict } from "../../../messages/verdict.ts";
import type { Effect } from "../../effect.ts";
import type { EventKind, StoredJournal } from "../../event.ts";
import { LIVES_MAX } from "../../pace.ts";
import type { SessionState, StateName } from "../../state.ts";
import * as arrive from "../arrive.ts";
import { after, answered, failed, greeted, head, helloAck, journalHead, pushAck, sent, start, stored } from "../arrive.ts";
import type { PlainEvent } from "../arrive.ts";

export type Told = Partial<Effect> & { kind: Effect["kind"] };
export interface Case {
  readonly name: string;
  /** Defaults to the state's `ARRIVE`. */
  readonly from?: SessionState;
  readonly event: PlainEvent;
  readonly to: StateName;
  /** All effects, in order, by the fields that matter. */
  readonly effects?: readonly Told[];
  readonly also?: (state: SessionState) => void;
}

export const report = (state: StateName, code?: ErrorCode): Told => ({ kind: "report", state, ...(code === undefined ? {} : { code }) });
export const learn: Told = { kind: "learnServerTime", serverTimeMs: 5_000, tookMs: 10 };
export const sayHello = (...journals: ReturnType<typeof journalHead>[]): Told => ({ kind: "sendHello", journals });
export const batch = (afterSeq: number, entriesMax = 4): Told => ({ kind: "sendBatch", afterSeq: head(afterSeq).seq, entriesMax });
export const timer = (name: "retry" | "poll" | "blocked", delayMs?: number): Told => ({
  kind: "setTimer",
  timer: name,
  ...(delayMs === undefined ? {} : { delayMs }),
});
export const cancel = (name: "retry" | "poll" | "blocked"): Told => ({ kind: "cancelTimer", timer: name });
export const abandon = (requestId: number): Told => ({ kind: "abandonRequest", requestId });
export const saveAck = (seq: number): Told => ({ kind: "saveAck", epoch: arrive.EPOCH, head: head(seq) });
export const advanced = (seq: number, epoch = arrive.EPOCH): PlainEvent => ({
  kind: "journalAdvanced",
  epoch,
  head: head(seq, "ours", epoch),
});
export const checked = (seq: number, verdict: "ours" | "foreign" | "pruned", branch?: string): PlainEvent => ({
  kind: "headChecked",
  head: journalHead(seq, branch),
  verdict,
});
export const fire = (name: "retry" | "poll" | "blocked"): PlainEvent => ({ kind: "timerFired", timer: name });
export const begun = (closedEpoch: typeof arrive.EPOCH | undefined, journal: StoredJournal = stored(3, 0, 2)): PlainEvent => ({
  kind: "epochStarted",
  closedEpoch,
  journal,
});
export const verdict: Verdict = { n: 1, epoch: arrive.EPOCH, seq: head(1).seq, kind: "set-aside", code: "entry.invalid" };

export const begins = after(start(stored(10, 0)), greeted(helloAck([journalHead(20)])));
export const tooLarge = after(...arrive.toGreeting, greeted(helloAck([journalHead(0)])), sent(2, 1, 1), failed(2, "wire.too-large"));
/** Two journals; the older one waits for a person, the newer one has been sent. */
export const oneBlocked = after(
  start(stored(10, 0), stored(5, 5, 2)),
  greeted(helloAck([journalHead(0), journalHead(5, "ours", 2)])),
  sent(2, 1, 1),
  failed(2, "ingest.chain-broken"),
);
export const forkedOften = after(
  start(stored(10, 0)),
  ...Array.from({ length: LIVES_MAX }, (_, life) => [
    greeted(helloAck([journalHead(9, "theirs", life + 1)]), life + 1),
    { ...checked(9, "foreign"), head: journalHead(9, "theirs", life + 1) } as PlainEvent,
    begun((life + 1) as typeof arrive.EPOCH, stored(10, 0, life + 2)),
  ]).flat(),
);

export const idleAgain = (name: string, event: PlainEvent): Case => ({ name, event, to: "idle" });
export const stale = (
  to: StateName,
): Record<"helloAnswered" | "headChecked" | "batchSent" | "batchEmpty" | "rangePruned" | "pushAnswered" | "requestFailed", Case[]> => ({
  helloAnswered: [{ name: "stale", event: greeted(helloAck([journalHead(10)]), 99), to }],
  headChecked: [{ name: "not asked", event: checked(7, "ours"), to }],
  batchSent: [{ name: "stale", event: sent(99, 4, 4), to }],
  batchEmpty: [{ name: "stale", event: { kind: "batchEmpty", requestId: 99 }, to }],
  rangePruned: [{ name: "stale", event: { kind: "rangePruned", requestId: 99 }, to }],
  pushAnswered: [{ name: "stale", event: answered(99, pushAck("stored", head(4))), to }],
  requestFailed: [{ name: "stale", event: failed(99, "wire.deadline"), to }],
});

/** At least one case for every kind of event. */
export type CasesOfState = { readonly [K in EventKind]: readonly Case[] };

import type { Epoch, Seq } from "../ids.ts";
import type { Head, JournalHead } from "../journal/head.ts";
import type { Verdict } from "../messages/verdict.ts";
import type { ErrorCode } from "../errors/codes.ts";
import type { RequestId, TimerName } from "./event.ts";
import type { StateName } from "./state.ts";

/** What the host shall do, in the order given. Only the host touches disk, clock and network. */
export type Effect =
  /** Say hello with these heads. Ends in `helloAnswered` or `requestFailed`. */
  | { readonly kind: "sendHello"; readonly requestId: RequestId; readonly journals: readonly JournalHead[] }
  /**
   * Read the entries after `afterSeq`, at least one and no more than fit both bounds (`bytesMax` counts their lines with
   * line feeds; room for the header is taken off), tell `batchSent`, and send them.
   * Ends in `batchEmpty`, `rangePruned`, `pushAnswered` or `requestFailed`.
   */
  | {
      readonly kind: "sendBatch";
      readonly requestId: RequestId;
      readonly epoch: Epoch;
      readonly afterSeq: Seq;
      readonly entriesMax: number;
      readonly bytesMax: number;
    }
  /** The answer is no longer wanted; abort the request where that is possible. What still comes of it is ignored. */
  | { readonly kind: "abandonRequest"; readonly requestId: RequestId }
  /** Starts or restarts the timer. */
  | { readonly kind: "setTimer"; readonly timer: TimerName; readonly delayMs: number }
  | { readonly kind: "cancelTimer"; readonly timer: TimerName }
  /** Look whether `head` is on our own chain. Ends in `headChecked`. */
  | { readonly kind: "checkHead"; readonly head: JournalHead }
  /** Keep what the upstream has acknowledged. It may be lower than before: the upstream was restored from a backup. */
  | { readonly kind: "saveAck"; readonly epoch: Epoch; readonly head: Head }
  /** Keep the verdicts whose number is past the last one kept; others were heard before. */
  | { readonly kind: "saveVerdicts"; readonly verdicts: readonly Verdict[] }
  /** The upstream's clock, and how long its answer took: the offset lies within half of that. */
  | { readonly kind: "learnServerTime"; readonly serverTimeMs: number; readonly tookMs: number }
  /**
   * In one transaction: begin an epoch past `afterEpoch` and past every local one, append its `epoch-start` entry, append
   * again every entry of `previousEpoch` past `carryAfter` that is still kept, and close `previousEpoch`. Ends in `epochStarted`.
   */
  | {
      readonly kind: "startEpoch";
      readonly reason: "fork" | "restored";
      readonly previousEpoch: Epoch;
      readonly afterEpoch: number;
      readonly carryAfter: Seq;
    }
  /** The state or its reason changed; for `status`, tray and logs. */
  | { readonly kind: "report"; readonly state: StateName; readonly code?: ErrorCode };

export type EffectKind = Effect["kind"];
export type EffectOf<K extends EffectKind> = Extract<Effect, { kind: K }>;

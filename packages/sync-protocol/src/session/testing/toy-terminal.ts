import type { ErrorCode } from "../../errors/codes.ts";
import type { Epoch } from "../../ids.ts";
import type { JournalHead } from "../../journal/head.ts";
import type { Effect, EffectOf } from "../effect.ts";
import type { RequestId, SessionEvent, StoredJournal, TimerName } from "../event.ts";
import { brokenInvariants } from "../invariants.ts";
import type { Step } from "../moves.ts";
import { initialState, type SessionState } from "../state.ts";
import { step } from "../terminal-session.ts";
import { appendLine, emptyJournal, headAt, headOf, type ToyJournal } from "./toy-journal.ts";
import type { ToyBatch } from "./toy-upstream.ts";

type Unstamped<E> = E extends unknown ? Omit<E, "nowMs" | "random"> : never;
export type ToyEvent = Unstamped<SessionEvent>;
export type Disk = Map<number, ToyJournal>;

export interface ToyRequest {
  readonly requestId: RequestId;
  readonly payload:
    | { readonly kind: "hello"; readonly journals: readonly JournalHead[] }
    | { readonly kind: "push"; readonly batch: ToyBatch };
}

/** What the world around a terminal hears. */
export interface ToyWires {
  readonly send: (terminal: ToyTerminal, request: ToyRequest) => void;
  readonly acknowledged: (terminal: ToyTerminal, ack: JournalHead) => void;
  readonly appended: (epoch: number, hash: string) => void;
  readonly random: () => number;
}

export const copyDisk = (disk: Disk): Disk =>
  new Map([...disk].map(([epoch, journal]) => [epoch, { ...journal, lines: [...journal.lines], hashes: [...journal.hashes] }]));

/** A host for the real session: a disk that survives crashes, and all else that does not. */
export class ToyTerminal {
  state: SessionState = initialState();
  timers = new Set<TimerName>();
  outstanding = new Set<RequestId>();
  /** The power goes after so many more effects. */
  crashAfter = Number.POSITIVE_INFINITY;
  run: (state: SessionState, event: SessionEvent) => Step = step;
  carriesOver: (journal: ToyJournal, effect: EffectOf<"startEpoch">) => number = (_, effect) => effect.carryAfter;
  #queue: ToyEvent[] = [];
  #running = false;
  #nowMs = 0;

  readonly name: string;
  disk: Disk;
  readonly wires: ToyWires;

  constructor(name: string, disk: Disk, wires: ToyWires) {
    this.name = name;
    this.disk = disk;
    this.wires = wires;
  }

  currentEpoch = (): number => Math.max(...this.disk.keys());
  entry = (epoch: number): ToyJournal => this.disk.get(epoch) as ToyJournal;

  start(): void {
    const journals = [...this.disk].map(([epoch]) => this.#stored(epoch));
    this.tell({ kind: "start", journals });
  }

  /** Power off and on: only the disk stays. */
  crash(): void {
    const { nextRequestId } = this.state;
    this.state = { ...initialState(), nextRequestId };
    this.timers.clear();
    this.outstanding.clear();
    this.#queue = [];
    this.crashAfter = Number.POSITIVE_INFINITY;
    this.start();
  }

  write(payload: string): void {
    const epoch = this.currentEpoch();
    this.#append(epoch, payload);
    this.tell({ kind: "journalAdvanced", epoch: epoch as Epoch, head: headOf(this.entry(epoch)) });
  }

  /** As after a copied data folder: a new epoch, while the old one is still sent as it is. */
  beginEpoch(): void {
    const epoch = this.currentEpoch() + 1;
    this.disk.set(epoch, emptyJournal(epoch));
    this.#append(epoch, `start-${this.name}-${epoch}`);
    this.tell({ kind: "epochStarted", closedEpoch: undefined, journal: this.#stored(epoch) });
  }

  /** Retention: what is acknowledged may go, and a closed journal when all that it carried over is acknowledged. */
  prune(): void {
    for (const journal of [...this.disk.values()].toReversed()) {
      const { carriedTo } = journal;
      const superseded = carriedTo !== undefined && this.entry(carriedTo.epoch).prunedTo >= carriedTo.seq;
      journal.prunedTo = Math.max(journal.prunedTo, superseded ? journal.lines.length : journal.acked.seq);
    }
  }

  fail(requestId: RequestId, code: ErrorCode, retryAfterMs?: number): void {
    if (!this.outstanding.delete(requestId)) return;
    this.tell({ kind: "requestFailed", requestId, tookMs: 1, failure: { code, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) } });
  }

  fire(timer: TimerName): void {
    if (this.timers.delete(timer)) this.tell({ kind: "timerFired", timer });
  }

  tell(event: ToyEvent): void {
    this.#queue.push(event);
    if (this.#running) return;
    this.#running = true;
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) this.#step(next);
    this.#running = false;
  }

  #step(event: ToyEvent): void {
    const { state, effects } = this.run(this.state, { ...event, nowMs: ++this.#nowMs, random: this.wires.random() });
    this.state = state;
    const broken = brokenInvariants(state);
    if (broken.length > 0) throw new Error(broken.join("; "));
    for (const effect of effects) {
      if (this.crashAfter-- <= 0) return this.crash();
      this.#perform(effect);
    }
  }

  #perform(effect: Effect): void {
    switch (effect.kind) {
      case "sendHello":
        return this.#send({ requestId: effect.requestId, payload: { kind: "hello", journals: effect.journals } });
      case "sendBatch":
        return this.#sendBatch(effect);
      case "abandonRequest":
        this.outstanding.delete(effect.requestId);
        return undefined;
      case "setTimer":
        this.timers.add(effect.timer);
        return undefined;
      case "cancelTimer":
        this.timers.delete(effect.timer);
        return undefined;
      case "checkHead":
        return this.tell({ kind: "headChecked", head: effect.head, verdict: this.#check(effect.head) });
      case "saveAck":
        this.entry(effect.epoch).acked = effect.head;
        return this.wires.acknowledged(this, { epoch: effect.epoch, ...effect.head });
      case "startEpoch":
        return this.#startEpoch(effect);
      case "saveVerdicts":
      case "learnServerTime":
      case "report":
        return undefined;
    }
  }

  #sendBatch({ requestId, epoch, afterSeq, entriesMax }: EffectOf<"sendBatch">): void {
    const journal = this.entry(epoch);
    if (afterSeq < journal.prunedTo) return this.tell({ kind: "rangePruned", requestId });
    const lines = journal.lines.slice(afterSeq, afterSeq + entriesMax);
    const last = afterSeq + lines.length;
    if (lines.length === 0) return this.tell({ kind: "batchEmpty", requestId });
    this.tell({ kind: "batchSent", requestId, head: headAt(journal, last), entries: lines.length });
    const batch = {
      epoch,
      firstSeq: afterSeq + 1,
      previousHash: headAt(journal, afterSeq).hash,
      lines,
      hashes: journal.hashes.slice(afterSeq + 1, last + 1),
    };
    this.#send({ requestId, payload: { kind: "push", batch } });
    return undefined;
  }

  #send(request: ToyRequest): void {
    this.outstanding.add(request.requestId);
    this.wires.send(this, request);
  }

  #check(head: JournalHead): "ours" | "foreign" | "pruned" {
    const journal = this.entry(head.epoch);
    if (head.seq < journal.prunedTo) return "pruned";
    return journal.hashes[head.seq] === head.hash ? "ours" : "foreign";
  }

  #startEpoch(effect: EffectOf<"startEpoch">): void {
    const previous = this.entry(effect.previousEpoch);
    const epoch = Math.max(effect.afterEpoch, this.currentEpoch()) + 1;
    this.disk.set(epoch, emptyJournal(epoch));
    this.#append(epoch, `start-${this.name}-${epoch}`);
    for (const line of previous.lines.slice(Math.max(this.carriesOver(previous, effect), previous.prunedTo))) {
      if (!line.startsWith("start-")) this.#append(epoch, line);
    }
    previous.closed = true;
    previous.carriedTo = { epoch, seq: headOf(this.entry(epoch)).seq };
    this.tell({ kind: "epochStarted", closedEpoch: effect.previousEpoch, journal: this.#stored(epoch) });
  }

  #append(epoch: number, payload: string): void {
    this.wires.appended(epoch, appendLine(this.entry(epoch), payload));
  }

  #stored(epoch: number): StoredJournal {
    const journal = this.entry(epoch);
    return {
      epoch: epoch as Epoch,
      local: headOf(journal),
      acked: journal.acked,
      closed: journal.closed,
    };
  }
}

import type { ErrorCode } from "../../errors/codes.ts";
import type { HashHex } from "../../ids.ts";
import type { JournalHead } from "../../journal/head.ts";
import type { HelloAck } from "../../messages/hello.ts";
import type { PushAck } from "../../messages/push-ack.ts";
import { at } from "../../testing/at.ts";
import type { TimerName } from "../event.ts";
import { copyDisk, ToyTerminal, type Disk, type ToyRequest } from "./toy-terminal.ts";
import { emptyJournal, toyGenesis, toyHash } from "./toy-journal.ts";
import { ToyUpstream, type StoredChain } from "./toy-upstream.ts";

type Message = { readonly terminal: ToyTerminal } & (
  | { readonly to: "upstream"; readonly request: ToyRequest }
  | { readonly to: "terminal"; readonly requestId: number; readonly answer: HelloAck | PushAck }
);

/** What the adversary may do. `pick` chooses among what there is at that moment. */
export type Fault =
  | {
      readonly kind: "write" | "deliver" | "duplicate" | "lose" | "expire" | "fire" | "crash" | "prune" | "beginEpoch";
      readonly pick: number;
    }
  | { readonly kind: "crashAfter"; readonly pick: number; readonly effects: number }
  | { readonly kind: "refuse"; readonly pick: number; readonly code: ErrorCode }
  | { readonly kind: "keepUpstream" | "restoreUpstream" | "keepDisk" | "restoreDisk" | "clone"; readonly pick: number };

const TIMERS: readonly TimerName[] = ["retry", "poll", "blocked"];
/** Rounds of polling after the faults: each may let one more fork of a copy come to light. */
const ROUNDS = 8;
/** A drain that takes longer than this does not end. */
const STEPS_MAX = 5_000;

/** One upstream, one terminal and perhaps its copy, and a network that does what the adversary says. */
export class SessionWorld {
  readonly upstream: ToyUpstream;
  readonly terminals: ToyTerminal[] = [];
  readonly #network: Message[] = [];
  readonly #everWritten = new Set<string>();
  #upstreamCopy: Map<number, StoredChain> = new Map();
  #diskCopy: Disk | undefined;
  #written = 0;
  #random = 0;

  readonly #alter: (terminal: ToyTerminal) => void;

  /** `alter` is for negative controls: it may break a rule of every terminal before that starts. */
  constructor(limits: HelloAck["limits"], alter: (terminal: ToyTerminal) => void = () => undefined) {
    this.upstream = new ToyUpstream(limits);
    this.#alter = alter;
    this.#addTerminal("a", new Map([[1, emptyJournal(1)]]));
  }

  do(fault: Fault): void {
    const terminal = at(this.terminals, fault.pick % this.terminals.length);
    const index = this.#network.length === 0 ? 0 : fault.pick % this.#network.length;
    switch (fault.kind) {
      case "write":
        return terminal.write(`${terminal.name}${++this.#written}`);
      case "deliver":
        return this.#deliver(index, false);
      case "duplicate":
        return this.#deliver(index, true);
      case "lose":
        this.#network.splice(index, 1);
        return undefined;
      case "expire":
        return terminal.fail([...terminal.outstanding][fault.pick % Math.max(1, terminal.outstanding.size)] ?? -1, "wire.deadline");
      case "refuse":
        return this.#refuse(index, fault.code);
      case "fire":
        return terminal.fire(at(TIMERS, fault.pick % TIMERS.length));
      case "crash":
        return terminal.crash();
      case "crashAfter":
        terminal.crashAfter = fault.effects;
        return undefined;
      case "prune":
        return terminal.prune();
      case "beginEpoch":
        return terminal.beginEpoch();
      case "keepUpstream":
        this.#upstreamCopy = this.upstream.snapshot();
        return undefined;
      case "restoreUpstream":
        this.upstream.chains = new Map(this.#upstreamCopy);
        this.#upstreamCopy = this.upstream.snapshot();
        return undefined;
      case "keepDisk":
        this.#diskCopy = copyDisk(terminal.disk);
        return undefined;
      case "restoreDisk":
        if (this.#diskCopy === undefined) return undefined;
        terminal.disk = copyDisk(this.#diskCopy);
        return terminal.crash();
      case "clone":
        return this.terminals.length > 1 ? undefined : this.#addTerminal("b", copyDisk(this.#diskCopy ?? terminal.disk));
    }
  }

  /** Faults end: everything is delivered, timers fire, until nothing moves any more. */
  drain(): void {
    for (const terminal of this.terminals) terminal.crashAfter = Number.POSITIVE_INFINITY;
    for (let round = 0, steps = 0; round < ROUNDS; round++) {
      for (const terminal of this.terminals) for (const timer of TIMERS) terminal.fire(timer);
      while (this.#calm()) if (++steps > STEPS_MAX) throw new Error("I7: the session turns in circles");
    }
  }

  /** What must hold after a drain; names what does not. */
  check(): void {
    const upstream = [...this.upstream.chains.values()].flatMap(({ lines }) => lines);
    for (const terminal of this.terminals) {
      const unfillable = this.#unfillable(terminal);
      // What an unfillable epoch carried over from a closed one waits for the same person.
      const waiting = [...unfillable].flatMap((epoch) => terminal.entry(epoch).lines);
      // Retention dropped one copy when it was acknowledged; that the cloud lost it since is what SPEC.md does not promise.
      const pruned = [...terminal.disk.values()].flatMap(({ lines, prunedTo }) => lines.slice(0, prunedTo));
      const held = new Set([...upstream, ...waiting, ...pruned]);
      for (const [epoch, journal] of terminal.disk) {
        if (unfillable.has(epoch)) continue;
        const missing = journal.lines.slice(journal.prunedTo).filter((line) => !line.startsWith("start-") && !held.has(line));
        if (missing.length > 0)
          throw new Error(`I3, I7: ${terminal.name} ${terminal.state.name}: epoch ${epoch} holds ${missing.join()}, the upstream does not`);
      }
      if (terminal.state.name !== "idle" && unfillable.size === 0)
        throw new Error(`I7: ${terminal.name} ends ${terminal.state.name} ${terminal.state.code ?? ""}`);
    }
    this.#checkChains();
  }

  /** Every chain of the upstream is one that a terminal wrote, entry for entry. */
  #checkChains(): void {
    for (const [epoch, { lines }] of this.upstream.chains) {
      let hash: HashHex = toyGenesis(epoch);
      for (const line of lines) hash = toyHash(hash, line);
      if (lines.length > 0 && !this.#everWritten.has(`${epoch} ${hash}`))
        throw new Error(`I6: epoch ${epoch} of the upstream was written by nobody`);
    }
  }

  /** Epochs that the upstream lost and the terminal no longer keeps: that needs a person, and is said. */
  #unfillable(terminal: ToyTerminal): Set<number> {
    return new Set(
      terminal.state.journals.filter((journal) => journal.blocked === "ingest.gap-unfillable").map(({ epoch }) => epoch as number),
    );
  }

  /** One move towards rest; false when there is none. */
  #calm(): boolean {
    if (this.#network.length > 0) {
      this.#deliver(0, false);
      return true;
    }
    for (const terminal of this.terminals) {
      const [lost] = terminal.outstanding;
      if (lost !== undefined) {
        terminal.fail(lost, "wire.deadline");
        return true;
      }
      if (terminal.timers.has("retry")) {
        terminal.fire("retry");
        return true;
      }
    }
    return false;
  }

  #deliver(index: number, keep: boolean): void {
    const message = this.#network[index];
    if (message === undefined) return;
    if (!keep) this.#network.splice(index, 1);
    if (message.to === "terminal") return this.#hand(message);
    const { payload, requestId } = message.request;
    const answer = payload.kind === "hello" ? this.upstream.hello(payload.journals) : this.upstream.push(payload.batch);
    this.#checkChains();
    this.#network.push({ to: "terminal", terminal: message.terminal, requestId, answer });
  }

  #hand({ terminal, requestId, answer }: Extract<Message, { to: "terminal" }>): void {
    terminal.outstanding.delete(requestId);
    if ("outcome" in answer) terminal.tell({ kind: "pushAnswered", requestId, ack: answer, tookMs: 1 });
    else terminal.tell({ kind: "helloAnswered", requestId, ack: answer, tookMs: 1 });
  }

  #refuse(index: number, code: ErrorCode): void {
    const message = this.#network[index];
    if (message?.to !== "upstream") return;
    this.#network.splice(index, 1);
    message.terminal.fail(message.request.requestId, code, 1_000);
  }

  #addTerminal(name: string, disk: Disk): void {
    const terminal = new ToyTerminal(name, disk, {
      send: (from, request) => void this.#network.push({ to: "upstream", terminal: from, request }),
      acknowledged: (from, ack) => this.#checkAck(from, ack),
      appended: (epoch, hash) => void this.#everWritten.add(`${epoch} ${hash}`),
      random: () => (this.#random = (this.#random * 16807 + 12345) % 2147483647) / 2147483647,
    });
    this.#alter(terminal);
    this.terminals.push(terminal);
    terminal.start();
  }

  #checkAck(terminal: ToyTerminal, { epoch, seq, hash }: JournalHead): void {
    const journal = terminal.entry(epoch);
    if (seq > 0 && !this.upstream.everStored.has(hash))
      throw new Error(`I1: epoch ${epoch} acknowledged to ${seq}, which was never stored`);
    if (seq >= journal.prunedTo && journal.hashes[seq] !== hash) throw new Error(`I2: epoch ${epoch} acknowledged to ${seq} off our chain`);
  }
}

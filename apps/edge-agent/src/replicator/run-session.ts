import {
  initialState,
  step,
  TillsyncError,
  unreachable,
  type Effect,
  type EffectOf,
  type Epoch,
  type ErrorCode,
  type SessionEvent,
  type SessionState,
  type StateName,
  type TimerName,
} from "@tillsync/sync-protocol";
import { performHello, type Happened } from "./perform-hello.ts";
import { performPush, readBatchToSend, type PushDeps } from "./perform-push.ts";
import { GATHER_MS } from "./limits.ts";
import type { Timer } from "./ports.ts";

export interface SessionDeps extends PushDeps {
  /** The session changed its state; `code` says why it waits or is blocked. */
  readonly onReport: (state: StateName, code: ErrorCode | undefined) => void;
  /** Something failed that the session gets over by itself; for the log. */
  readonly onTrouble: (error: unknown) => void;
  /** Something failed that the session has no event for. It has stopped; nothing is lost by starting another one. */
  readonly onCrash: (error: unknown) => void;
}

export interface RunningSession {
  readonly state: () => SessionState;
  stop(): void;
}

/** All that one run of the session changes. */
interface Run {
  readonly deps: SessionDeps;
  state: SessionState;
  readonly queue: SessionEvent[];
  stepping: boolean;
  ended: boolean;
  /** The one that grows. */
  newestEpoch: Epoch;
  startingEpoch: boolean;
  /** Runs when word of new entries is due. */
  appended: Timer | undefined;
  /** When the session last had word of new entries. */
  toldAtMs: number;
  unsubscribe: (() => void) | undefined;
  readonly requests: Map<number, AbortController>;
  readonly timers: Map<TimerName, Timer>;
}

/**
 * Drives the pure session of sync-protocol: performs its effects in order and tells it what came of them. The only place
 * where a journal meets the line. Events wait in a queue, so that one step never runs inside another.
 */
export function runSession(deps: SessionDeps): RunningSession {
  const journals = deps.journal.journals();
  const run: Run = {
    deps,
    state: initialState(),
    queue: [],
    stepping: false,
    ended: false,
    newestEpoch: deps.journal.end().epoch,
    startingEpoch: false,
    appended: undefined,
    toldAtMs: Number.NEGATIVE_INFINITY,
    unsubscribe: undefined,
    requests: new Map(),
    timers: new Map(),
  };
  run.unsubscribe = deps.journal.onAppended(() => appended(run));
  tell(run, { kind: "start", journals });
  return {
    state: () => run.state,
    stop: () => {
      tell(run, { kind: "stop" });
      end(run);
    },
  };
}

function tell(run: Run, happened: Happened): void {
  if (run.ended) return;
  run.queue.push({ ...happened, nowMs: run.deps.ports.monotonicMs(), random: run.deps.ports.random() });
  if (!run.stepping) guarded(run, () => stepThrough(run));
}

function stepThrough(run: Run): void {
  run.stepping = true;
  try {
    for (let event = run.queue.shift(); event !== undefined; event = run.queue.shift()) {
      const next = step(run.state, event);
      run.state = next.state;
      for (const effect of next.effects) perform(run, effect);
    }
  } finally {
    run.stepping = false;
  }
}

/** A broken promise of our own, or a store that fails, ends this run and never the process: sales go on. */
function guarded(run: Run, work: () => void): void {
  try {
    work();
  } catch (error) {
    end(run);
    run.deps.onCrash(error);
  }
}

function end(run: Run): void {
  run.ended = true;
  run.queue.length = 0;
  for (const request of run.requests.values()) request.abort();
  for (const timer of run.timers.values()) timer.cancel();
  run.appended?.cancel();
  run.unsubscribe?.();
}

function perform(run: Run, effect: Effect): void {
  const { journal, clock } = run.deps;
  switch (effect.kind) {
    case "sendHello":
      return request(run, effect.requestId, (signal) => performHello(run.deps, effect, signal));
    case "sendBatch":
      return sendBatch(run, effect);
    case "abandonRequest":
      return run.requests.get(effect.requestId)?.abort();
    case "setTimer":
      return setTimer(run, effect);
    case "cancelTimer":
      return run.timers.get(effect.timer)?.cancel();
    case "checkHead":
      return tell(run, { kind: "headChecked", head: effect.head, verdict: journal.checkHead(effect.head) });
    case "saveAck":
      return saveAck(run, effect);
    case "saveVerdicts":
      return journal.saveVerdicts(effect.verdicts);
    case "learnServerTime":
      return clock.learn(effect.serverTimeMs, effect.tookMs);
    case "startEpoch":
      return startEpoch(run, effect);
    case "report":
      return run.deps.onReport(effect.state, effect.code);
    default:
      return unreachable(effect);
  }
}

function sendBatch(run: Run, effect: EffectOf<"sendBatch">): void {
  const { requestId } = effect;
  try {
    const read = readBatchToSend(run.deps, effect);
    if (read.kind === "pruned") return tell(run, { kind: "rangePruned", requestId });
    if (read.kind === "empty") return tell(run, { kind: "batchEmpty", requestId });
    tell(run, { kind: "batchSent", requestId, head: read.head, entries: read.entries });
    request(run, requestId, (signal) => performPush(run.deps, requestId, read, signal));
  } catch (error) {
    // A page of the database that cannot be read stops its journal, not the others.
    if (!(error instanceof TillsyncError)) throw error;
    tell(run, { kind: "requestFailed", requestId, failure: { code: error.code }, tookMs: 0 });
  }
}

function request(run: Run, requestId: number, work: (signal: AbortSignal) => Promise<Happened>): void {
  const abort = new AbortController();
  run.requests.set(requestId, abort);
  void finish(run, requestId, work(abort.signal));
}

async function finish(run: Run, requestId: number, work: Promise<Happened>): Promise<void> {
  let happened: Happened;
  try {
    happened = await work;
  } catch (error) {
    run.deps.onTrouble(error);
    happened = { kind: "requestFailed", requestId, failure: { code: "internal.unexpected" }, tookMs: 0 };
  }
  run.requests.delete(requestId);
  tell(run, happened);
}

function setTimer(run: Run, { timer, delayMs }: EffectOf<"setTimer">): void {
  run.timers.get(timer)?.cancel();
  run.timers.set(
    timer,
    run.deps.ports.setTimer(delayMs, () => tell(run, { kind: "timerFired", timer })),
  );
}

function saveAck(run: Run, { epoch, head }: EffectOf<"saveAck">): void {
  try {
    run.deps.journal.saveAck(epoch, head);
  } catch (error) {
    // It is heard again with the next one, so sending goes on.
    run.deps.onTrouble(error);
  }
}

function startEpoch(run: Run, effect: EffectOf<"startEpoch">): void {
  // The journal calls its listeners while it begins the epoch; the session must hear of the epoch before it grows.
  run.startingEpoch = true;
  try {
    run.newestEpoch = run.deps.journal.startEpoch(effect);
  } finally {
    run.startingEpoch = false;
  }
  tellEpoch(run, run.newestEpoch, effect.previousEpoch);
}

/** The sale that was just appended gets its yes first; it is sent at once after a rest, and many in a row are one event. */
function appended(run: Run): void {
  if (run.appended !== undefined || run.startingEpoch || run.ended) return;
  const { ports } = run.deps;
  run.appended = ports.setTimer(Math.max(0, run.toldAtMs + GATHER_MS - ports.monotonicMs()), () => {
    run.appended = undefined;
    run.toldAtMs = ports.monotonicMs();
    guarded(run, () => tellAppended(run));
  });
}

function tellAppended(run: Run): void {
  if (run.ended) return;
  const { epoch, head } = run.deps.journal.end();
  if (epoch === run.newestEpoch) return tell(run, { kind: "journalAdvanced", epoch, head });
  run.newestEpoch = epoch;
  tellEpoch(run, epoch, undefined);
}

function tellEpoch(run: Run, epoch: Epoch, closedEpoch: Epoch | undefined): void {
  const journal = run.deps.journal.journals().find((one) => one.epoch === epoch);
  if (journal !== undefined) tell(run, { kind: "epochStarted", closedEpoch, journal });
}

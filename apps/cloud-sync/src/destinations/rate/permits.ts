import type { ConnectorPorts, RateSeen } from "../../connectors/connector.ts";
import type { BackgroundPorts } from "../../subscribers/ports.ts";
import type { Grant, Report } from "./budget.ts";
import { createQueue, type Queue } from "../queue.ts";

/** The shared budget is asked this often at most: what it costs the database, and how late a process hears of the others. */
export const EXCHANGE_MS = 500;
/** While no limit is known, it is asked this often whether one was learnt. */
const FREE_MS = 1_000;
/** What was granted and not used by then is given up, so that it cannot come on top of what is granted later. */
const KEEP_MS = 500;

interface Waiter {
  readonly untilMs: number;
  readonly answer: (allowed: boolean) => void;
}

interface State {
  readonly ports: BackgroundPorts;
  readonly ask: (report: Report) => Promise<Grant>;
  readonly waiting: Queue<Waiter>;
  readonly waitingMax: number;
  tokens: number;
  tokensUntilMs: number;
  freeUntilMs: number;
  /** The budget said that nothing can be granted before. */
  nextMs: number;
  askedMs: number;
  /** Sent without a token since `askedMs`. */
  sent: number;
  limited: Report["limited"];
  remaining: Report["remaining"];
  pumping: boolean;
  /** Ends the pump's rest. */
  wake: AbortController;
  readonly stop: AbortController;
}

export interface Permits extends Pick<ConnectorPorts, "permit" | "noteRate"> {
  /** How long nothing new should be begun, since it would only wait or be refused; 0: it may. */
  holdMs(): number;
  close(): void;
}

/** Seconds' worth of requests that may wait for a permit: below the time that a request waits before it gives up. */
const WAITING_SECONDS = 5;

/**
 * This process's part of a credential's rate limit. Requests are granted in chunks by `ask`, first come, first served.
 * While the shared budget cannot be asked nothing is granted. `perSecond`: the configured rate, which decides how many may
 * wait at once.
 */
export function openPermits(
  ports: BackgroundPorts,
  ask: (report: Report) => Promise<Grant>,
  perSecond = Number.POSITIVE_INFINITY,
): Permits {
  const state: State = {
    ports,
    ask,
    waiting: createQueue(),
    waitingMax: Math.max(1, perSecond * WAITING_SECONDS),
    tokens: 0,
    tokensUntilMs: 0,
    freeUntilMs: 0,
    nextMs: 0,
    askedMs: Number.NEGATIVE_INFINITY,
    sent: 0,
    limited: undefined,
    remaining: undefined,
    pumping: false,
    wake: new AbortController(),
    stop: new AbortController(),
  };
  return {
    permit: (maxWaitMs) => permit(state, maxWaitMs),
    noteRate: (seen) => noteRate(state, seen),
    holdMs: () => holdMs(state),
    close: () => state.stop.abort(),
  };
}

function permit(state: State, maxWaitMs: number): Promise<boolean> {
  const nowMs = state.ports.nowMs();
  if (state.waiting.size === 0 && take(state, nowMs)) return Promise.resolve(true);
  if (state.nextMs > nowMs + maxWaitMs || state.stop.signal.aborted) return Promise.resolve(false);
  return new Promise((answer) => {
    state.waiting.push({ untilMs: nowMs + maxWaitMs, answer });
    void pump(state);
  });
}

function holdMs(state: State): number {
  const blockedMs = state.nextMs - state.ports.nowMs();
  if (blockedMs > 0) return blockedMs;
  return state.waiting.size >= state.waitingMax ? EXCHANGE_MS : 0;
}

function take(state: State, nowMs: number): boolean {
  if (nowMs < state.freeUntilMs) {
    state.sent += 1;
    return true;
  }
  if (state.tokens < 1 || nowMs >= state.tokensUntilMs) return false;
  state.tokens -= 1;
  state.sent += 1;
  return true;
}

function noteRate(state: State, seen: RateSeen): void {
  if (seen.kind === "answered") return;
  if (seen.kind === "remaining") {
    const { requests, resetMs } = seen;
    if (state.remaining === undefined || requests < state.remaining.requests) state.remaining = { requests, resetMs };
    state.tokens = Math.min(state.tokens, requests);
    // Far from the end of the vendor's window it can wait for the next time that the budget is asked.
    if (requests >= 1) return;
  } else {
    const retryAfterMs = Math.max(seen.retryAfterMs ?? 0, state.limited?.retryAfterMs ?? 0);
    state.limited = { retryAfterMs: retryAfterMs > 0 ? retryAfterMs : undefined };
  }
  // Others must hear of it, whether or not this process wants to send more.
  state.tokens = 0;
  state.freeUntilMs = 0;
  state.wake.abort();
  void pump(state);
}

/** Asks the budget, as often as it may be asked, until nobody waits and nothing is left to tell. One at a time. */
async function pump(state: State): Promise<void> {
  if (state.pumping) return;
  state.pumping = true;
  while (!state.stop.signal.aborted) {
    const nowMs = state.ports.nowMs();
    answer(state, nowMs);
    if (state.waiting.size === 0 && state.limited === undefined) break;
    const dueMs = state.limited === undefined ? Math.max(state.nextMs, state.askedMs + EXCHANGE_MS) : state.askedMs + EXCHANGE_MS;
    if (dueMs > nowMs) await rest(state, Math.min(dueMs, firstEnd(state)) - nowMs);
    else await askBudget(state, nowMs);
  }
  state.pumping = false;
  if (state.stop.signal.aborted) refuseAll(state);
}

/** Gives what there is to who waited longest, and tells those whose patience has ended. */
function answer(state: State, nowMs: number): void {
  for (let first = state.waiting.peek(); first !== undefined; first = state.waiting.peek()) {
    const allowed = take(state, nowMs);
    const hopeless = nowMs >= first.untilMs || state.nextMs > first.untilMs;
    if (!allowed && !hopeless) return;
    state.waiting.shift();
    first.answer(allowed);
  }
}

const firstEnd = (state: State): number => state.waiting.peek()?.untilMs ?? Number.POSITIVE_INFINITY;

async function rest(state: State, ms: number): Promise<void> {
  state.wake = new AbortController();
  await state.ports.sleep(Math.max(1, Math.ceil(ms)), AbortSignal.any([state.stop.signal, state.wake.signal]));
}

async function askBudget(state: State, nowMs: number): Promise<void> {
  const sinceMs = Math.max(EXCHANGE_MS, nowMs - state.askedMs);
  const { limited, remaining } = state;
  // More than last time: what is granted is soon used up by a line that is quick, and given up by one that is not.
  const wish = state.waiting.size === 0 ? 0 : state.waiting.size + 2 * state.sent;
  const report: Report = { wish, limited, remaining, sentPerSecond: (state.sent / sinceMs) * 1_000 };
  state.limited = undefined;
  state.remaining = undefined;
  state.askedMs = nowMs;
  try {
    const grant = await state.ask(report);
    const atMs = state.ports.nowMs();
    state.sent = 0;
    state.tokens = grant.granted;
    state.tokensUntilMs = atMs + KEEP_MS;
    state.freeUntilMs = grant.free && state.limited === undefined ? atMs + FREE_MS : 0;
    state.nextMs = grant.waitMs === 0 ? 0 : atMs + grant.waitMs;
  } catch {
    // What was to be told is told next time; what came meanwhile is newer.
    state.limited ??= limited;
    state.remaining ??= remaining;
  }
}

function refuseAll(state: State): void {
  for (let waiter = state.waiting.shift(); waiter !== undefined; waiter = state.waiting.shift()) waiter.answer(false);
}

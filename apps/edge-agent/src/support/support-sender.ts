import { supportAnswerSchema, SUPPORT_PATHS, TillsyncError, type ErrorCode, type SupportNumber } from "@tillsync/sync-protocol";
import type { Enrolment } from "../enrol/enrolment.ts";
import { createBell, retryMs } from "../reference/down/pauses.ts";
import type { Answer } from "../replicator/answer.ts";
import type { ReplicatorPorts } from "../replicator/ports.ts";
import type { AgentStore } from "../store/agent-store.ts";
import { inTransaction } from "../store/in-transaction.ts";
import { sql } from "../store/sql.ts";

/** A request is some KB; past this the line counts as down. */
export const SEND_DEADLINE_MS = 15_000;
/** With nothing to send, or not enrolled: how often it is looked at whether that has changed unnoticed. */
const REST_MS = 600_000;
const NOT_ENROLLED_MS = 5_000;

export interface SupportSenderDeps {
  readonly store: AgentStore;
  readonly ports: ReplicatorPorts;
  readonly log: { info(fields: object, message: string): void; warn(fields: object, message: string): void };
  readonly enrolment: () => Enrolment | undefined;
  /** Posts to the cloud with the device's proof. */
  readonly post: (
    enrolment: Enrolment,
    request: { readonly path: string; readonly body: string; readonly deadlineMs: number },
  ) => Promise<Answer>;
}

export interface SupportSender {
  /** Something was queued: it goes at once. True when head office has it within `waitMs`. */
  send(number: SupportNumber, waitMs: number): Promise<boolean>;
  stop(): Promise<void>;
}

type Outcome = { readonly kind: "settled" } | { readonly kind: "idle" | "failed"; readonly ms: number };

/**
 * Sends what staff handed to IT, the oldest first, until head office has it: over days without a line, through restarts. A
 * number makes a repeat harmless. What the cloud cannot read is not sent again, and stays listed here.
 */
export function startSupportSender(deps: SupportSenderDeps): SupportSender {
  const ending = new AbortController();
  const bell = createBell(deps.ports);
  const waiting = new Set<() => void>();
  let failures = 0;
  const run = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      const outcome = await step(deps, failures).catch((error: unknown) => troubled(deps, error, failures));
      failures = outcome.kind === "failed" ? failures + 1 : 0;
      for (const wake of waiting) wake();
      if (outcome.kind !== "settled") await bell.wait(outcome.ms, ending.signal);
    }
  };
  const running = run();
  return {
    send: (number, waitMs) => {
      bell.ring();
      return whenSettled(deps, number, deps.enrolment() === undefined ? 0 : waitMs, waiting);
    },
    stop: async () => {
      ending.abort();
      for (const wake of waiting) wake();
      await running;
    },
  };
}

/** Looks whenever a try has ended, until `waitMs` are over. */
async function whenSettled(deps: SupportSenderDeps, number: string, waitMs: number, waiting: Set<() => void>): Promise<boolean> {
  for (let isOver = waitMs <= 0; !isOver && stateOf(deps.store, number) === "queued";) isOver = await waitOnce(deps, waitMs, waiting);
  return stateOf(deps.store, number) === "sent";
}

/** True when the time is over, false when a try has ended. */
function waitOnce(deps: SupportSenderDeps, waitMs: number, waiting: Set<() => void>): Promise<boolean> {
  return new Promise((resolve) => {
    const wake = (): void => {
      timer.cancel();
      waiting.delete(wake);
      resolve(false);
    };
    const timer = deps.ports.setTimer(waitMs, () => {
      waiting.delete(wake);
      resolve(true);
    });
    waiting.add(wake);
  });
}

async function step(deps: SupportSenderDeps, failures: number): Promise<Outcome> {
  const next = nextQueued(deps.store);
  if (next === undefined) return { kind: "idle", ms: REST_MS };
  const enrolment = deps.enrolment();
  if (enrolment === undefined) return { kind: "idle", ms: NOT_ENROLLED_MS };
  const answer = await deps.post(enrolment, { path: SUPPORT_PATHS.request, body: next.body, deadlineMs: SEND_DEADLINE_MS });
  if (answer.kind === "answered" && supportAnswerSchema.safeParse(answer.body).data?.number === next.number) {
    settle(deps.store, next.number, "sent", null);
    deps.log.info({ supportNumber: next.number }, "head office has the request for help");
    return { kind: "settled" };
  }
  const { code, retryAfterMs } = answer.kind === "failed" ? answer.failure : { code: "wire.not-cloud" as const, retryAfterMs: undefined };
  if (answer.kind === "failed" && isUnreadable(code)) {
    settle(deps.store, next.number, "refused", code);
    deps.log.warn({ supportNumber: next.number, code }, "head office cannot read a request for help; it stays listed here");
    return { kind: "settled" };
  }
  return { kind: "failed", ms: retryMs(failures + 1, code, retryAfterMs, deps.ports.random) };
}

/** Sending it again would change nothing. */
const isUnreadable = (code: ErrorCode): boolean => code === "wire.malformed" || code === "wire.too-large";

/** A disk that is full, a bug: the next try may find it mended. */
function troubled(deps: SupportSenderDeps, error: unknown, failures: number): Outcome {
  const code = error instanceof TillsyncError ? error.code : "internal.unexpected";
  deps.log.warn({ code, err: error }, "a request for help could not be sent and is tried again");
  return { kind: "failed", ms: retryMs(failures + 1, code, undefined, deps.ports.random) };
}

const nextQueued = (store: AgentStore): { number: string; body: string } | undefined =>
  store
    .prepare<[], { number: string; body: string }>(
      sql`SELECT number, body FROM support_request WHERE state = 'queued' ORDER BY at_ms, number LIMIT 1`,
    )
    .get();

const stateOf = (store: AgentStore, number: string): string | undefined =>
  store.prepare<[string], { state: string }>(sql`SELECT state FROM support_request WHERE number = ?`).get(number)?.state;

function settle(store: AgentStore, number: string, state: "sent" | "refused", code: ErrorCode | null): void {
  inTransaction(store, () =>
    store
      .prepare(sql`UPDATE support_request SET state = ?, settled_at_ms = ?, code = ? WHERE number = ?`)
      .run(state, store.now(), code, number),
  );
}

import { ERROR_CODES, TillsyncError, type ErrorCode, type StateName } from "@tillsync/sync-protocol";
import type { Enrolment } from "../enrol/enrolment.ts";
import type { TerminalKeys } from "../keys/key-files.ts";
import type { AgentStore } from "../store/agent-store.ts";
import { createBatchBuffers } from "./batch-buffer.ts";
import { createCloudClock, isClockWrong, type CloudClock } from "./cloud-clock.ts";
import { createCompressor } from "./compressor.ts";
import { deviceToken } from "./device-token.ts";
import { createHttpTransport, type Transport } from "./http-transport.ts";
import { CONNECTIONS_MAX, RESTART_MS, STATUS_KEPT_EVERY_MS } from "./limits.ts";
import type { ReplicatorPorts, Timer } from "./ports.ts";
import { replicaJournal } from "./replica-journal.ts";
import { runSession, type RunningSession, type SessionDeps } from "./run-session.ts";
import { settleEpochs } from "./settle-epochs.ts";
import { keepStatus, stateForPeople, upstreamStatus, type KeptStatus, type UpstreamStatus } from "./upstream-status.ts";

/** Where the replicator writes what people may want to know; pino fits. */
export interface ReplicatorLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface ReplicatorDeps {
  readonly store: AgentStore;
  readonly keys: TerminalKeys;
  readonly enrolment: Enrolment;
  readonly ports: ReplicatorPorts;
  readonly log: ReplicatorLog;
  readonly env: NodeJS.ProcessEnv;
  /** For tests; HTTP otherwise. */
  readonly transport?: Transport;
}

export interface ClockStatus {
  /** This machine's clock minus the cloud's; null until the cloud was heard. */
  readonly offsetMs: number | null;
  readonly code: "clock.wrong" | null;
}

export interface Replicator {
  status(): UpstreamStatus;
  clock(): ClockStatus;
  /** How the line stands, without a look into the store. */
  line(): Pick<KeptStatus, "state" | "lastError">;
  /** The machine has slept: gives up what was under way, over connections that are dead, and says hello at once. */
  wake(): void;
  /** Gives up what is under way (the cloud may have stored it; that is found out next time) and closes connections. */
  stop(): Promise<void>;
}

/** What changes while it runs. */
interface Running {
  kept: KeptStatus;
  keptAtMs: number;
  clockWrong: boolean;
  session: RunningSession | undefined;
  restart: Timer | undefined;
  stopped: boolean;
}

export const clockStatus = (offsetMs: number | null): ClockStatus => ({ offsetMs, code: isClockWrong(offsetMs) ? "clock.wrong" : null });

/** Sends the journal to the cloud until it is stopped, whatever the line does. Throws nothing after it has started. */
export function startReplicator(deps: ReplicatorDeps): Replicator {
  const { store, enrolment, ports } = deps;
  const clock = createCloudClock(ports);
  const transport =
    deps.transport ??
    createHttpTransport({ url: enrolment.url, connections: CONNECTIONS_MAX, caFile: enrolment.caFile, env: deps.env, ports });
  const running: Running = {
    kept: { state: "offline", lastError: null, offsetMs: null },
    keptAtMs: Number.NEGATIVE_INFINITY,
    clockWrong: false,
    session: undefined,
    restart: undefined,
    stopped: false,
  };
  begin(deps, running, clock, transport);
  return {
    status: () => upstreamStatus(store, running.kept, ports.wallMs()),
    clock: () => clockStatus(clock.offsetMs()),
    line: () => running.kept,
    wake: () => wake(deps, running, clock, transport),
    stop: async () => {
      running.stopped = true;
      running.restart?.cancel();
      running.session?.stop();
      keep(deps, running, clock);
      await transport.close();
    },
  };
}

function begin(deps: ReplicatorDeps, running: Running, clock: CloudClock, transport: Transport): void {
  if (running.stopped) return;
  try {
    const started = settleEpochs(deps.store, deps.enrolment.firstEpoch);
    if (started.length > 0) deps.log.info({ epochs: started }, "the journal goes on in a new epoch for this enrolment");
    running.session = runSession(sessionDeps(deps, running, clock, transport));
  } catch (error) {
    onCrash(deps, running, clock, transport, error);
  }
}

/** What was sent and not answered is settled by the hello, as after any cut. */
function wake(deps: ReplicatorDeps, running: Running, clock: CloudClock, transport: Transport): void {
  if (running.stopped) return;
  running.restart?.cancel();
  running.session?.stop();
  void transport.renew?.().catch((error: unknown) => deps.log.warn({ code: codeOf(error) }, "old connections could not be closed"));
  begin(deps, running, clock, transport);
}

function sessionDeps(deps: ReplicatorDeps, running: Running, clock: CloudClock, transport: Transport): SessionDeps {
  const { keys, enrolment, ports, log } = deps;
  const { terminal, audience } = enrolment;
  const compressor = createCompressor();
  const buffers = createBatchBuffers();
  return {
    terminal,
    journal: replicaJournal(deps.store),
    journalKey: keys.journal,
    compressor,
    buffers,
    transport,
    clock,
    ports,
    token: deviceToken({ terminal, audience, identity: keys.identity, cloudNowMs: () => clock.nowMs() }),
    onReport: (state, code) => {
      if (state !== "sending") {
        compressor.rest();
        buffers.rest();
      }
      onReport(deps, running, clock, state, code);
    },
    onTrouble: (error) => log.warn({ code: codeOf(error) }, "a step of the replication failed and is repeated"),
    onCrash: (error) => onCrash(deps, running, clock, transport, error),
  };
}

function onReport(deps: ReplicatorDeps, running: Running, clock: CloudClock, state: StateName, code: ErrorCode | undefined): void {
  const before = running.kept;
  const now = stateForPeople(state, code, before.state);
  const lastError = code === undefined ? before.lastError : { code, at: deps.ports.wallMs() };
  running.kept = { state: now, lastError, offsetMs: clock.offsetMs() };
  watchClock(deps, running);
  const changed = now !== before.state && !(isSending(now) && isSending(before.state));
  const newCode = code !== undefined && code !== before.lastError?.code;
  if (newCode) deps.log.warn({ upstream: "cloud", state: now, code }, ERROR_CODES[code].meaning);
  else if (changed) deps.log.info({ upstream: "cloud", state: now }, `cloud: ${now}`);
  const due = deps.ports.monotonicMs() - running.keptAtMs >= STATUS_KEPT_EVERY_MS;
  if (changed || newCode || due) keep(deps, running, clock);
}

/** A till that sells goes to and fro between these with every sale; that is no news. */
const isSending = (state: KeptStatus["state"]): boolean => state === "online" || state === "sending";

function watchClock({ log }: ReplicatorDeps, running: Running): void {
  const { offsetMs } = running.kept;
  const wrong = isClockWrong(offsetMs);
  if (wrong && !running.clockWrong) log.warn({ code: "clock.wrong", offsetMs }, "this machine's clock differs from the cloud's");
  running.clockWrong = wrong;
}

/** Nothing depends on it, so a disk that is full does not stop the sending. */
function keep(deps: ReplicatorDeps, running: Running, clock: CloudClock): void {
  running.keptAtMs = deps.ports.monotonicMs();
  try {
    keepStatus(deps.store, { ...running.kept, offsetMs: clock.offsetMs() ?? running.kept.offsetMs });
  } catch (error) {
    deps.log.warn({ code: codeOf(error) }, "the state of the replication could not be kept");
  }
}

function onCrash(deps: ReplicatorDeps, running: Running, clock: CloudClock, transport: Transport, error: unknown): void {
  const code = codeOf(error);
  deps.log.error({ code, err: error }, "the replication stopped and starts anew");
  running.kept = { ...running.kept, state: "offline", lastError: { code, at: deps.ports.wallMs() } };
  running.restart = deps.ports.setTimer(RESTART_MS, () => begin(deps, running, clock, transport));
}

const codeOf = (error: unknown): ErrorCode => (error instanceof TillsyncError ? error.code : "internal.unexpected");

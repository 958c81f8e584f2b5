import { TillsyncError } from "@tillsync/sync-protocol";
import type { ReplicatorPorts, Timer } from "../replicator/ports.ts";
import type { SourceLog } from "../sources/source-deps.ts";
import type { AgentStore } from "../store/agent-store.ts";
import type { Snapshot } from "../window-api/snapshot.ts";
import { outcomeFile, outcomeSchema, readTold } from "./apply/outcome.ts";
import { nextCheckMs } from "./check-plan.ts";
import { fetchUpdate } from "./fetch-update.ts";
import type { Feed } from "./feed/feed.ts";
import { createJudge, type Judge, type Signs } from "./hours/judge-moment.ts";
import { OVERDUE_MS, type Veto } from "./hours/may-apply.ts";
import { keepStep, readUpdateState } from "./stage/keep-state.ts";
import { perform } from "./stage/perform.ts";
import { isStaged, removeArmed } from "./stage/staged-folder.ts";
import { step, type UpdateEvent } from "./stage/step.ts";
import type { UpdateState } from "./stage/update-state.ts";
import type { PackageTrust } from "./trust/package-trust.ts";

/** How often it is looked whether an update may be put in place, and what the root job says. */
const LOOK_EVERY_MS = 15_000;
/** The word "may" is good for this long and is given again while it holds: an agent that dies takes it back by that. */
const ARMED_MS = 3 * 60_000;
const RENEW_MS = 60_000;
const HOUR_MS = 3_600_000;
/** An update that failed is shown to staff for this long; `updates status` shows it until the next one. */
const TOLD_MS = 3 * 86_400_000;

export interface UpdatesConfig {
  /** Undefined: nothing is looked for. */
  readonly feed: (() => Feed) | undefined;
  readonly checkHours: number;
  /** Where the root job tells how it went. */
  readonly stateFolder: string;
}

export interface UpdatesDeps {
  readonly dir: string;
  readonly store: AgentStore;
  readonly ports: ReplicatorPorts;
  readonly log: SourceLog;
  /** What runs here. */
  readonly version: string;
  readonly platform: string;
  readonly arch: string;
  readonly trust: PackageTrust | undefined;
  readonly config: () => UpdatesConfig;
  readonly signs: () => Signs;
  /** As `fetchUpdate` takes it. */
  readonly freeBytes?: (dir: string) => number;
}

/** What `updates status` shows. */
export interface UpdatesStatus {
  readonly version: string;
  /** Whether this build can take updates, and a place to look for them is named; null: only an agent that runs knows. */
  readonly isConfigured: boolean | null;
  readonly state: UpdateState;
  /** Why a staged update is not put in place now; null: none is staged. */
  readonly vetoes: readonly Veto[] | null;
  readonly appliesFromMs: number | null;
}

export interface Updates {
  /** For tray and window: an update that is proven and waits. */
  readonly waiting: () => Snapshot["update"];
  /** What a person must know of: an update that failed, or that waits for too long. */
  readonly problem: () => { readonly code: string; readonly detail: string } | null;
  readonly status: () => UpdatesStatus;
  /** Looks now. Resolves when it has been looked, and what was found is staged. */
  readonly check: () => Promise<UpdatesStatus>;
  /** A person's no to what is offered. */
  readonly decline: () => UpdatesStatus;
  /** A program of the shop has just asked or told the agent something. */
  readonly noteActivity: () => void;
  readonly stop: () => Promise<void>;
}

/** Looks for updates, stages them, and says when they may be put in place; it never installs. Failures are told and tried again. */
export function startUpdates(deps: UpdatesDeps): Updates {
  const { dir, store, ports, log, version } = deps;
  const ending = new AbortController();
  let state = readUpdateState(store, version);
  const apply = (event: UpdateEvent): void => {
    const stepped = step(state, event);
    if (stepped.state !== state && JSON.stringify(stepped.state) !== JSON.stringify(state)) keepStep(store, stepped);
    if (stepped.state.phase.kind !== state.phase.kind) tellPhase(log, stepped.state);
    state = stepped.state;
    for (const effect of stepped.effects) perform(dir, effect);
  };
  beginAnew(deps, () => state, apply);
  const judge = createJudge(deps, () => state);
  let work: Promise<void> = Promise.resolve();
  const check = (): Promise<void> =>
    (work = work
      .then(() => look(deps, () => state, apply, ending.signal))
      .then(() => ending.signal.aborted || decide(deps, judge, () => state, apply))
      .then(() => undefined)
      .catch((error: unknown) => log.error({ err: error }, "what was found of updates could not be kept")));
  const timers = runTimers(deps, { look: () => decide(deps, judge, () => state, apply), check, failures: () => state.check });
  return {
    waiting: () => waitingOf(state, judge),
    problem: () => problemOf(state, ports.wallMs()),
    status: () => {
      // What the root job has said a moment ago is part of it.
      quietly(log, () => hearJob(deps, apply));
      judge.look();
      return statusOf(deps, judge, state);
    },
    check: async () => {
      if (!isConfigured(deps)) throw new TillsyncError("update.none-configured");
      await check();
      return statusOf(deps, judge, state);
    },
    decline: () => {
      apply({ kind: "declined", atMs: ports.wallMs() });
      return statusOf(deps, judge, state);
    },
    noteActivity: judge.noteActivity,
    stop: async () => {
      for (const timer of timers) timer().cancel();
      judge.stop();
      ending.abort();
      await work;
    },
  };
}

/** A disk that takes no word of it keeps nobody from selling: the word to the root job is gone in any case. */
function beginAnew({ dir, ports, log, version }: UpdatesDeps, state: () => UpdateState, apply: (event: UpdateEvent) => void): void {
  try {
    removeArmed(dir);
    apply({ kind: "started", version, atMs: ports.wallMs() });
    const { phase } = state();
    if (phase.kind === "staged" && !isStaged(dir, phase.release)) apply({ kind: "spoiled" });
  } catch (error) {
    log.error({ err: error }, "where an update stands could not be kept");
  }
}

const isConfigured = (deps: UpdatesDeps): boolean => deps.trust !== undefined && deps.config().feed !== undefined;

function runTimers(
  { ports, config }: UpdatesDeps,
  work: { look: () => void; check: () => Promise<void>; failures: () => UpdateState["check"] },
): (() => Timer)[] {
  let looking: Timer;
  let checking: Timer;
  const look = (): void => {
    work.look();
    looking = ports.setTimer(LOOK_EVERY_MS, look);
  };
  const plan = (failures: number | undefined): void => {
    checking = ports.setTimer(nextCheckMs(config().checkHours * HOUR_MS, failures, ports.random()), () => {
      void work.check().then(() => plan(work.failures().failures));
    });
  };
  looking = ports.setTimer(LOOK_EVERY_MS, look);
  plan(undefined);
  return [() => looking, () => checking];
}

/** One look. What fails is kept with its code, and told when it is another than last time. */
async function look(deps: UpdatesDeps, state: () => UpdateState, apply: (event: UpdateEvent) => void, signal: AbortSignal): Promise<void> {
  const { trust, log, ports } = deps;
  const { feed } = deps.config();
  if (trust === undefined || feed === undefined || signal.aborted) return;
  let code: string | null = null;
  try {
    await fetchUpdate({ ...deps, trust, feed, signal, state, apply });
  } catch (error) {
    if (signal.aborted) return;
    code = error instanceof TillsyncError ? error.code : "internal.unexpected";
    const detail = error instanceof TillsyncError ? { detail: error.detail } : { err: error };
    if (code !== state().check.code) log.warn({ code, ...detail }, "updates could not be looked for, or not be fetched");
  }
  if (!signal.aborted) apply({ kind: "looked", atMs: ports.wallMs(), code });
}

/** Hears the root job, and gives or takes back the word. A disk that takes no word of it is tried again. */
function decide(deps: UpdatesDeps, judge: Judge, state: () => UpdateState, apply: (event: UpdateEvent) => void): void {
  quietly(deps.log, () => {
    hearJob(deps, apply);
    judge.look();
    const { phase } = state();
    if (phase.kind !== "staged" && phase.kind !== "armed") return;
    if (judge.vetoes().length > 0) return apply({ kind: "may-not-apply" });
    const nowMs = deps.ports.wallMs();
    if (phase.kind === "staged" || phase.untilMs - nowMs < ARMED_MS - RENEW_MS) apply({ kind: "may-apply", untilMs: nowMs + ARMED_MS });
  });
}

function hearJob({ config }: UpdatesDeps, apply: (event: UpdateEvent) => void): void {
  const told = readTold(outcomeFile(config().stateFolder), outcomeSchema);
  if (told !== undefined) apply({ kind: "outcome", outcome: told });
}

function quietly(log: SourceLog, work: () => void): void {
  try {
    work();
  } catch (error) {
    log.error({ err: error }, "whether an update may be put in place could not be decided");
  }
}

function waitingOf({ phase }: UpdateState, judge: Judge): Snapshot["update"] {
  const appliesFromMs = judge.appliesFromMs();
  if ((phase.kind !== "staged" && phase.kind !== "armed") || appliesFromMs === null) return null;
  return { version: phase.release.version, appliesFromMs };
}

function problemOf({ phase, last }: UpdateState, wallMs: number): ReturnType<Updates["problem"]> {
  const isOverdue = (phase.kind === "staged" || phase.kind === "armed") && wallMs - phase.sinceMs > OVERDUE_MS;
  if (isOverdue) return { code: "update.overdue", detail: phase.release.version };
  if (last === null || last.code === null || wallMs - last.atMs > TOLD_MS) return null;
  return { code: last.code, detail: last.version };
}

function statusOf(deps: UpdatesDeps, judge: Judge, state: UpdateState): UpdatesStatus {
  const isWaiting = state.phase.kind === "staged" || state.phase.kind === "armed";
  return {
    version: deps.version,
    isConfigured: isConfigured(deps),
    state,
    vetoes: isWaiting ? judge.vetoes() : null,
    appliesFromMs: judge.appliesFromMs(),
  };
}

function tellPhase(log: SourceLog, { phase, last }: UpdateState): void {
  if (phase.kind !== "none") log.info({ version: phase.release.version, sha256: phase.release.file.sha256 }, `an update is ${phase.kind}`);
  else if (last !== null && last.code !== null) log.error({ code: last.code, version: last.version }, `an update was ${last.ending}`);
  else if (last !== null) log.info({ version: last.version }, `an update was ${last.ending}`);
}

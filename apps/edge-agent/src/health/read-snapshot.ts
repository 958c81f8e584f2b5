import { AGENT_VERSION } from "../enrol/agent-version.ts";
import type { AgentConfig } from "../config/config-schema.ts";
import type { Enrolment } from "../enrol/enrolment.ts";
import type { IntakeStatus } from "../intake/serve-intake.ts";
import type { ReferenceLine } from "../reference/status.ts";
import type { ReferenceStore } from "../reference/store/reference-store.ts";
import type { ClockStatus } from "../replicator/start-replicator.ts";
import { upstreamStatus, type KeptStatus } from "../replicator/upstream-status.ts";
import { httpSnapshot } from "../sources/source-snapshot.ts";
import type { AgentStore } from "../store/agent-store.ts";
import { findProblems } from "../window-api/problems.ts";
import type { Snapshot, SourceSnapshot } from "../window-api/snapshot.ts";
import { countForStaff } from "./count-for-staff.ts";
import { countOrders } from "./count-orders.ts";
import { findHelp, findStore } from "./find-help.ts";

/** Where a running agent keeps what a picture shows. */
export interface SnapshotDeps {
  readonly store: AgentStore;
  readonly reference: ReferenceStore;
  readonly enrolment: () => Enrolment | undefined;
  readonly line: () => Pick<KeptStatus, "state" | "lastError">;
  /** Since when the line has been so. */
  readonly lineSinceMs: () => number | null;
  readonly clock: () => ClockStatus;
  readonly referenceLine: () => ReferenceLine;
  readonly folders: () => SourceSnapshot[];
  readonly intake: () => IntakeStatus | null;
  readonly disk: () => "ok" | "full";
  readonly config: () => Pick<AgentConfig, "help">;
  readonly pause: () => Snapshot["pause"];
  readonly updates: () => Snapshot["update"];
  /** What a person must know of the agent's own updates. */
  readonly updateProblem: () => { readonly code: string; readonly detail: string } | null;
}

/**
 * Makes pictures of a running agent: all parts of one belong to one moment. Made to be asked every second by several:
 * what has to be counted is counted again only after something was written. Throws `store.*`.
 */
export function createSnapshots(deps: SnapshotDeps): () => Snapshot {
  const { store, reference } = deps;
  const setAside = keptWhile(
    () => changesOf(store),
    () => countForStaff(store),
  );
  const orders = keptWhile(
    () => `${changesOf(store)} ${reference.damaged} ${reference.file.lastChange}`,
    () => countOrders(store, reference),
  );
  return () => {
    const wallMs = Math.round(store.now());
    const enrolment = deps.enrolment();
    const { state, lastError } = deps.line();
    const upstream = upstreamStatus(store, { state, lastError }, wallMs);
    const intake = deps.intake();
    const clock = deps.clock();
    const parts: Omit<Snapshot, "problems"> = {
      apiVersion: 1,
      atMs: wallMs,
      agentVersion: AGENT_VERSION,
      terminalId: enrolment?.terminal ?? null,
      storeId: enrolment?.store ?? null,
      ...findStore(reference, enrolment?.store),
      line: { state, sinceMs: deps.lineSinceMs(), lastError: lastError && { code: lastError.code, atMs: Math.round(lastError.at) } },
      pending: {
        entries: upstream.pending,
        oldestAtMs: upstream.oldestPendingAgeMs === null ? null : wallMs - upstream.oldestPendingAgeMs,
      },
      setAside: setAside(),
      sources: [...deps.folders(), ...(intake === null ? [] : [httpSnapshot(intake, wallMs)])],
      clock: { offsetMs: clock.offsetMs === null ? null : Math.round(clock.offsetMs), code: clock.code },
      disk: { state: deps.disk() },
      reference: deps.referenceLine(),
      pause: deps.pause(),
      update: deps.updates(),
      help: findHelp(reference, deps.config()),
      orders: orders(),
    };
    const ofUpdates = deps.updateProblem();
    const problems = ofUpdates === null ? [] : [{ ...ofUpdates, about: null }];
    return { ...parts, problems: findProblems({ ...parts, problems }, wallMs) };
  };
}

/** Rows that this process has written; nobody else writes. */
const changesOf = (store: AgentStore): number => store.prepare<[], { n: number }>("SELECT total_changes() AS n").get()?.n ?? 0;

function keptWhile<T>(key: () => unknown, read: () => T): () => T {
  let kept: { key: unknown; value: T } | undefined;
  return () => {
    const now = key();
    if (kept === undefined || kept.key !== now) kept = { key: now, value: read() };
    return kept.value;
  };
}

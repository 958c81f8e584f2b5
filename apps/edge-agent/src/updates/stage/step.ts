import { unreachable } from "@tillsync/sync-protocol";
import type { Release } from "../trust/release.ts";
import { compareVersions } from "../trust/version.ts";
import type { Phase, UpdateState } from "./update-state.ts";

/** How the root job says that an update ended. */
export interface Outcome {
  readonly result: "installing" | "committed" | "reverted" | "refused" | "stuck";
  readonly sha256: string;
  readonly version: string;
  readonly code: string | null;
  /** By the job's clock: tells two ends of one update apart. */
  readonly atMs: number;
}

export type UpdateEvent =
  | { readonly kind: "started"; readonly version: string; readonly atMs: number }
  | { readonly kind: "looked"; readonly atMs: number; readonly code: string | null }
  | { readonly kind: "offered"; readonly release: Release; readonly envelope: string }
  | { readonly kind: "downloaded"; readonly sha256: string; readonly atMs: number }
  /** What was staged is not what it was. */
  | { readonly kind: "spoiled" }
  | { readonly kind: "may-apply"; readonly untilMs: number }
  | { readonly kind: "may-not-apply" }
  | { readonly kind: "outcome"; readonly outcome: Outcome }
  | { readonly kind: "declined"; readonly atMs: number };

/** To be done after the new state is on disk; doing one twice, or after a crash, harms nothing. */
export type UpdateEffect =
  | { readonly kind: "discard" }
  | { readonly kind: "arm"; readonly sha256: string; readonly version: string; readonly untilMs: number }
  | { readonly kind: "disarm" };

export interface Stepped {
  readonly state: UpdateState;
  readonly effects: readonly UpdateEffect[];
  /** Written in the transaction of the state: never taken again. */
  readonly refuse?: { readonly sha256: string; readonly version: string; readonly reason: "failed" | "declined" };
}

/** A root job that said "installing" and nothing more for this long is dead or has forgotten: it may be asked again. */
const INSTALLING_MAX_MS = 24 * 3_600_000;

/** The one place that decides where an update stands. Pure. What does not fit the phase changes nothing. */
export function step(state: UpdateState, event: UpdateEvent): Stepped {
  const { phase } = state;
  switch (event.kind) {
    case "started":
      return start(state, event);
    case "looked":
      return {
        state: { ...state, check: { atMs: event.atMs, code: event.code, failures: event.code === null ? 0 : state.check.failures + 1 } },
        effects: [],
      };
    case "offered":
      return offer(state, event);
    case "downloaded":
      if (phase.kind !== "downloading" || phase.release.file.sha256 !== event.sha256) return unchanged(state);
      return to(state, { kind: "staged", release: phase.release, envelope: phase.envelope, sinceMs: event.atMs });
    case "spoiled":
      return phase.kind === "staged" || phase.kind === "armed" || phase.kind === "downloading"
        ? to(state, { kind: "none" }, [{ kind: "disarm" }, { kind: "discard" }])
        : unchanged(state);
    case "may-apply":
      return arm(state, event.untilMs);
    case "may-not-apply":
      return phase.kind === "armed" ? to(state, staged(phase), [{ kind: "disarm" }]) : unchanged(state);
    case "outcome":
      return hear(state, event.outcome);
    case "declined":
      return decline(state, event.atMs);
    default:
      return unreachable(event);
  }
}

type Held = Exclude<Phase, { kind: "none" | "downloading" }>;

const unchanged = (state: UpdateState): Stepped => ({ state, effects: [] });
const to = (state: UpdateState, phase: Phase, effects: readonly UpdateEffect[] = []): Stepped => ({ state: { ...state, phase }, effects });
const staged = ({ release, envelope, sinceMs }: Held): Phase => ({ kind: "staged", release, envelope, sinceMs });

/** After a start nothing is armed: whether it may be applied is decided anew. */
function start(state: UpdateState, { version, atMs }: Extract<UpdateEvent, { kind: "started" }>): Stepped {
  const { phase } = state;
  const floor = compareVersions(version, state.floor.version) > 0 ? { ...state.floor, version } : state.floor;
  const next = { ...state, floor };
  if (phase.kind === "none") return to(next, phase, [{ kind: "disarm" }, { kind: "discard" }]);
  const isHere = compareVersions(phase.release.version, version) <= 0;
  // On probation: the root job says how it ended. If it never does, a version that runs is in place.
  if (phase.kind === "installing") {
    if (atMs - phase.sinceMs < INSTALLING_MAX_MS) return to(next, phase, [{ kind: "disarm" }]);
    return isHere ? to(next, { kind: "none" }, [{ kind: "disarm" }, { kind: "discard" }]) : to(next, staged(phase), [{ kind: "disarm" }]);
  }
  if (isHere) return to(next, { kind: "none" }, [{ kind: "disarm" }, { kind: "discard" }]);
  return to(next, phase.kind === "armed" ? staged(phase) : phase, [{ kind: "disarm" }]);
}

function offer(state: UpdateState, { release, envelope }: Extract<UpdateEvent, { kind: "offered" }>): Stepped {
  const { phase } = state;
  // While the root job is at work nothing moves under it.
  if (phase.kind === "installing") return unchanged(state);
  if (phase.kind !== "none") {
    const order = compareVersions(release.version, phase.release.version);
    if (order < 0 || release.file.sha256 === phase.release.file.sha256) return unchanged(state);
  }
  const floor = { ...state.floor, ms: Math.max(state.floor.ms, Date.parse(release.releasedAt)) };
  const effects: UpdateEffect[] = phase.kind === "none" ? [] : [{ kind: "disarm" }, { kind: "discard" }];
  return to({ ...state, floor }, { kind: "downloading", release, envelope }, effects);
}

function arm(state: UpdateState, untilMs: number): Stepped {
  const { phase } = state;
  if (phase.kind !== "staged" && phase.kind !== "armed") return unchanged(state);
  const { release, envelope, sinceMs } = phase;
  return to(state, { kind: "armed", release, envelope, sinceMs, untilMs }, [
    { kind: "arm", sha256: release.file.sha256, version: release.version, untilMs },
  ]);
}

/**
 * The root job's word counts whatever this agent knew: it may have been stopped before it heard that an install began. An
 * end is told once: by its hash and its own time.
 */
function hear(state: UpdateState, { result, sha256, version, code, atMs }: Outcome): Stepped {
  const { phase } = state;
  const isOurs = phase.kind !== "none" && phase.release.file.sha256 === sha256;
  if (result === "installing") {
    if (!isOurs || phase.kind === "installing" || phase.kind === "downloading") return unchanged(state);
    const { release, envelope } = phase;
    return to(state, { kind: "installing", release, envelope, sinceMs: atMs }, [{ kind: "disarm" }]);
  }
  if (state.last?.sha256 === sha256 && state.last.atMs === atMs) return unchanged(state);
  const next = { ...state, last: { ending: result, version, sha256, code, atMs } };
  const stepped = isOurs ? to(next, { kind: "none" }, [{ kind: "disarm" }, { kind: "discard" }]) : to(next, phase);
  // Refused by the root job: for its clock, or for what somebody did to the folder. Another day it may be right.
  if (result === "committed" || result === "refused") return stepped;
  return { ...stepped, refuse: { sha256, version, reason: "failed" } };
}

function decline(state: UpdateState, atMs: number): Stepped {
  const { phase } = state;
  if (phase.kind === "none" || phase.kind === "installing") return unchanged(state);
  const { version, file } = phase.release;
  const last = { ending: "declined" as const, version, sha256: file.sha256, code: null, atMs };
  return {
    ...to({ ...state, last }, { kind: "none" }, [{ kind: "disarm" }, { kind: "discard" }]),
    refuse: { sha256: file.sha256, version, reason: "declined" },
  };
}

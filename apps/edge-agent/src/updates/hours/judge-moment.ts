import { onAppended } from "../../journal/on-appended.ts";
import type { ReplicatorPorts } from "../../replicator/ports.ts";
import type { AgentStore } from "../../store/agent-store.ts";
import type { UpdateState } from "../stage/update-state.ts";
import { isClockBelow } from "../trust/right-time.ts";
import { nextClosedMs, sellingBy } from "./closed-times.ts";
import { localClock } from "./local-time.ts";
import { DEFER_MAX_MS, vetoesOf, type Veto } from "./may-apply.ts";
import type { OpeningHours } from "./opening-hours.ts";
import { quietestHour } from "./quietest-hour.ts";

/** What the rest of the agent knows of this moment. */
export interface Signs {
  /** This machine's clock minus the cloud's; null: not known. */
  readonly offsetMs: number | null;
  readonly timeZone: string | undefined;
  /** Undefined: nobody has said. */
  readonly hours: OpeningHours | undefined;
  readonly isDraining: boolean;
  readonly isReading: boolean;
  readonly isPaused: boolean;
  readonly isDiskFull: boolean;
}

export interface Judge {
  /** Thinks anew; what the others give is from the last time. */
  readonly look: () => void;
  readonly vetoes: () => readonly Veto[];
  /** By this machine's clock; null: nothing is staged, or no hour can be named. */
  readonly appliesFromMs: () => number | null;
  readonly noteActivity: () => void;
  readonly stop: () => void;
}

export interface JudgeDeps {
  readonly store: AgentStore;
  readonly ports: Pick<ReplicatorPorts, "wallMs" | "monotonicMs">;
  readonly signs: () => Signs;
}

/** Clock and steady time apart by more than this between two looks: the clock was set, or the machine slept. */
const JUMP_MS = 120_000;
/** A clock that was just set is not believed for this long, unless the cloud says what time it is. */
const JUMP_FORGOTTEN_MS = 3_600_000;

/** Follows what happens at the till, and says what speaks against an update right now. */
export function createJudge(deps: JudgeDeps, state: () => UpdateState): Judge {
  const { store, ports } = deps;
  const startedMs = ports.monotonicMs();
  // The last entry's own time may be wrong; one from the future says that it was just now.
  let activityMs = startedMs - (store.end.seq === 0 ? Number.POSITIVE_INFINITY : Math.max(0, ports.wallMs() - store.end.hlc.ms));
  const noteActivity = (): void => void (activityMs = ports.monotonicMs());
  const unlisten = onAppended(store, noteActivity);
  const hasJumped = watchJumps(ports);
  let vetoes: readonly Veto[] = [];
  let appliesFromMs: number | null = null;
  const look = (): void => {
    const jumped = hasJumped();
    const { phase, floor } = state();
    [vetoes, appliesFromMs] = [[], null];
    if (phase.kind !== "staged" && phase.kind !== "armed") return;
    const signs = deps.signs();
    const wallMs = ports.wallMs();
    const nowMs = wallMs - (signs.offsetMs ?? 0);
    const isUnbelievable = isClockBelow(wallMs, signs.offsetMs, floor.ms) || (jumped && signs.offsetMs === null);
    const clock = localClock(signs.timeZone);
    const selling = sellingBy(signs.hours);
    const next = nextClosedMs(nowMs, selling, clock);
    const stagedSinceMs = phase.sinceMs - (signs.offsetMs ?? 0);
    vetoes = vetoesOf({
      ...signs,
      nowMs: isUnbelievable ? undefined : nowMs,
      clock,
      selling,
      hoursKnown: signs.hours !== undefined,
      neverCloses: next === undefined,
      stagedSinceMs,
      quietestHour: next === undefined ? quietestHour(store, clock) : undefined,
      quietForMs: ports.monotonicMs() - activityMs,
    });
    appliesFromMs = Math.round((next ?? Math.max(nowMs, stagedSinceMs + DEFER_MAX_MS)) + (signs.offsetMs ?? 0));
  };
  look();
  return { look, vetoes: () => vetoes, appliesFromMs: () => appliesFromMs, noteActivity, stop: unlisten };
}

/** Whether the clock has left the steady time within the last hour. */
function watchJumps(ports: JudgeDeps["ports"]): () => boolean {
  let difference = ports.wallMs() - ports.monotonicMs();
  let jumpedMs = Number.NEGATIVE_INFINITY;
  return () => {
    const now = ports.wallMs() - ports.monotonicMs();
    if (Math.abs(now - difference) > JUMP_MS) jumpedMs = ports.monotonicMs();
    difference = now;
    return ports.monotonicMs() - jumpedMs < JUMP_FORGOTTEN_MS;
  };
}

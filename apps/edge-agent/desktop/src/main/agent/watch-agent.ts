import type { Snapshot } from "@tillsync/edge-agent/window-api";

/** The tray is looked at in passing: two seconds late is not late. */
export const ASK_EVERY_MS = 2_000;

/** What is known of the agent. `asking`: nothing that counts was heard yet; `silent`: it was asked again and did not answer. */
export type Heard =
  | { readonly kind: "asking"; readonly sinceMs: number }
  | { readonly kind: "answered"; readonly snapshot: Snapshot; readonly atMs: number }
  | { readonly kind: "silent" };

export interface WatchPorts {
  /** Undefined, or a rejection: the agent does not answer. It has a deadline of its own. */
  readonly ask: () => Promise<Snapshot | undefined>;
  /** Time that only goes on, in ms. */
  readonly steadyMs: () => number;
  /** Calls back after so many ms, once; returns how to call it off. */
  readonly after: (ms: number, then: () => void) => () => void;
  /** Told after each answer and each pause, changed or not: what was heard grows old by itself. */
  readonly onHeard: (heard: Heard) => void;
}

export interface Watch {
  /** Forgets what was heard, and asks at once: whatever was true before a sleep says nothing now. */
  readonly startOver: () => void;
  readonly stop: () => void;
}

/**
 * Asks the agent every two seconds, never twice at once: the next question waits for the answer or its deadline. One
 * unanswered question may be an agent that restarts, so silence counts from the second on; either way nothing that was
 * heard before stands. An answer to a question from before `startOver` is dropped.
 */
export function watchAgent(ports: WatchPorts): Watch {
  let heard: Heard = { kind: "asking", sinceMs: ports.steadyMs() };
  let life = 0;
  let callOff = (): void => undefined;

  const round = async (mine: number): Promise<void> => {
    const snapshot = await ports.ask().catch(() => undefined);
    if (mine !== life) return;
    heard = next(heard, snapshot, ports.steadyMs());
    ports.onHeard(heard);
    if (mine === life) callOff = ports.after(ASK_EVERY_MS, () => void round(mine));
  };
  /** An agent that hangs must not keep an old answer on show: what was heard is judged again meanwhile. */
  let stopTicking = (): void => undefined;
  const tick = (): void => {
    stopTicking = ports.after(ASK_EVERY_MS, () => {
      ports.onHeard(heard);
      tick();
    });
  };
  const startOver = (): void => {
    life += 1;
    callOff();
    heard = { kind: "asking", sinceMs: ports.steadyMs() };
    ports.onHeard(heard);
    void round(life);
  };
  startOver();
  tick();
  return {
    startOver,
    stop: () => {
      life += 1;
      callOff();
      stopTicking();
    },
  };
}

function next(before: Heard, snapshot: Snapshot | undefined, atMs: number): Heard {
  if (snapshot !== undefined) return { kind: "answered", snapshot, atMs };
  return before.kind === "answered" ? { kind: "asking", sinceMs: atMs } : before.kind === "asking" ? { kind: "silent" } : before;
}

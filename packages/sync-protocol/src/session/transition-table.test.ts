import { describe, expect, test } from "vitest";
import type { EventKind } from "./event.ts";
import { brokenInvariants } from "./invariants.ts";
import { STATE_NAMES, type StateName } from "./state.ts";
import { step, TRANSITIONS } from "./terminal-session.ts";
import { ARRIVE, NEXT_EPOCH, stamped } from "./testing/arrive.ts";
import { stoppedCases } from "./testing/cases/stopped.ts";
import { greetingCases } from "./testing/cases/greeting.ts";
import { settlingCases } from "./testing/cases/settling.ts";
import { sendingCases } from "./testing/cases/sending.ts";
import { idleCases } from "./testing/cases/idle.ts";
import { waitingCases } from "./testing/cases/waiting.ts";
import { blockedCases } from "./testing/cases/blocked.ts";
import { advanced, type CasesOfState } from "./testing/cases/case.ts";

/** Every cell of the table, by at least one case. */
const CASES: Readonly<Record<StateName, CasesOfState>> = {
  stopped: stoppedCases,
  greeting: greetingCases,
  settling: settlingCases,
  sending: sendingCases,
  idle: idleCases,
  waiting: waitingCases,
  blocked: blockedCases,
};

const kinds = Object.keys(TRANSITIONS.stopped) as EventKind[];
const flat = STATE_NAMES.flatMap((state) => kinds.flatMap((kind) => CASES[state][kind].map((one) => ({ state, kind, one }))));

describe.each(STATE_NAMES)("%s", (state) => {
  test.each(flat.filter((cell) => cell.state === state).map(({ kind, one }) => [`${kind}: ${one.name}`, one] as const))("%s", (_, one) => {
    const from = one.from ?? ARRIVE[state]();
    const cell = TRANSITIONS[state][one.event.kind];
    const done = step(from, stamped(one.event));
    expect(done.state.name).toBe(one.to);
    if ("ignored" in cell) {
      expect(done).toEqual({ state: from, effects: [] });
      expect(cell.ignored).toMatch(/\.$/);
    }
    if (one.effects !== undefined) expect(done.effects).toMatchObject(one.effects as object[]);
    if (one.effects !== undefined) expect(done.effects.length).toBe(one.effects.length);
    one.also?.(done.state);
    expect(brokenInvariants(done.state)).toEqual([]);
  });
});

test("every cell of the table is reached, from the state and by the event that name it", () => {
  const reached = flat.filter(({ state, kind, one }) => (one.from ?? ARRIVE[state]()).name === state && one.event.kind === kind);
  expect(reached.length).toBe(flat.length);
  const cells = new Set(reached.map(({ state, kind }) => `${state} ${kind}`));
  expect([...cells].toSorted()).toEqual(STATE_NAMES.flatMap((state) => kinds.map((kind) => `${state} ${kind}`)).toSorted());
});

test("an epoch of which nobody was told may not grow: its entries would stay behind unseen", () => {
  expect(() => step(ARRIVE.idle(), stamped(advanced(1, NEXT_EPOCH)))).toThrow("assertion failed");
});

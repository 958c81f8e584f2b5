import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lineStates, snapshotSchema, sourceStates, type Snapshot, type SourceSnapshot } from "./snapshot.ts";
import { STALE_FACTOR } from "./source-freshness.ts";
import { judgeTray, SNAPSHOT_FRESH_MS, TRAY_RULES, trayState, type TrayRules, type TrayStateKind } from "./tray-state.ts";
import { goodSnapshot, goodSource, NOW_MS } from "./snapshots-for-tests.ts";

/** Said again in other words than the code's, so that the two check each other. */
function mayBeGreen(s: Snapshot, nowMs: number): boolean {
  const answers = Math.abs(nowMs - s.atMs) <= SNAPSHOT_FRESH_MS;
  const sent = s.line.state === "online" && s.pending.entries === 0;
  const read =
    s.sources.length > 0 &&
    s.pause === null &&
    s.sources.every(
      ({ state, open, failed, lastReadAtMs, freshForMs }) =>
        ["watching", "reading"].includes(state) &&
        open === 0 &&
        failed === 0 &&
        lastReadAtMs !== null &&
        lastReadAtMs <= nowMs &&
        nowMs - lastReadAtMs <= freshForMs,
    );
  const well = s.disk.state === "ok" && s.clock.code === null && s.setAside.open === 0;
  const settled = s.reference.state !== "blocked" && s.orders.conflicts === 0 && s.problems.length === 0;
  return answers && sent && read && well && settled;
}

/** What goes wrong in a shop, one thing at a time. */
const damages = {
  old: fc.integer({ min: SNAPSHOT_FRESH_MS + 1, max: 1e9 }).map((ms) => (s: Snapshot) => ({ ...s, atMs: NOW_MS - ms })),
  ahead: fc.integer({ min: SNAPSHOT_FRESH_MS + 1, max: 1e9 }).map((ms) => (s: Snapshot) => ({ ...s, atMs: NOW_MS + ms })),
  line: fc
    .tuple(fc.constantFrom(...lineStates.slice(1)), fc.constantFrom(null, "wire.unreachable", "wire.sign-in", "auth.revoked"))
    .map(([state, code]) => (s: Snapshot) => ({
      ...s,
      line: { state, sinceMs: null, lastError: code === null ? null : { code, atMs: NOW_MS } },
    })),
  pending: fc.integer({ min: 1, max: 1e6 }).map((entries) => (s: Snapshot) => ({ ...s, pending: { entries, oldestAtMs: NOW_MS - 5 } })),
  aside: fc.integer({ min: 1, max: 9 }).map((open) => (s: Snapshot) => ({ ...s, setAside: { ...s.setAside, open } })),
  noSources: fc.constant((s: Snapshot) => ({ ...s, sources: [] })),
  clock: fc.constant((s: Snapshot) => ({ ...s, clock: { offsetMs: 9e6, code: "clock.wrong" } })),
  disk: fc.constant((s: Snapshot) => ({ ...s, disk: { state: "full" as const } })),
  reference: fc.constant((s: Snapshot) => ({ ...s, reference: { state: "blocked" as const, asOfMs: null } })),
  pause: fc.constant((s: Snapshot) => ({ ...s, pause: { sinceMs: NOW_MS, untilMs: NOW_MS + 1, reason: "till swap" } })),
  orders: fc.constant((s: Snapshot) => ({ ...s, orders: { toHandOver: 0, conflicts: 1 } })),
  unheardOf: fc.constant((s: Snapshot) => ({ ...s, problems: [{ code: "later.version", detail: null, about: null }] })),
  source: fc
    .oneof(
      fc.record({ state: fc.constantFrom(...sourceStates.slice(2)) }),
      fc.record({ open: fc.integer({ min: 1, max: 9 }) }),
      fc.record({ failed: fc.integer({ min: 1, max: 9 }) }),
      fc.record({ lastReadAtMs: fc.constant(null), state: fc.constantFrom("watching" as const, "reading" as const) }),
      fc.record({ lastReadAtMs: fc.integer({ min: NOW_MS + 1, max: NOW_MS + 1e6 }) }),
      fc.record({ lastReadAtMs: fc.integer({ min: 0, max: NOW_MS - goodSource.freshForMs - 1 }) }),
    )
    .map((part: Partial<SourceSnapshot>) => (s: Snapshot) => ({
      ...s,
      sources: [...s.sources, { ...goodSource, name: "other", ...part }],
    })),
} as const;

const harmless: fc.Arbitrary<(s: Snapshot) => Snapshot> = fc.constantFrom(
  (s) => s,
  (s) => ({ ...s, update: { version: "1.1.0", appliesFromMs: NOW_MS + 1 } }),
  (s) => ({ ...s, sources: s.sources.map((source) => ({ ...source, state: "reading" as const, lastReadAtMs: NOW_MS })) }),
  (s) => ({ ...s, line: { ...s.line, lastError: { code: "wire.sign-in", atMs: 1 } } }),
  (s) => ({ ...s, setAside: { open: 0, handedToIt: 4 } }),
);
/** Each trouble once: a second one of the same field would take the place of the first. */
const FIELD: Partial<Record<keyof typeof damages, string>> = { ahead: "old", noSources: "source" };
const troubles = fc.uniqueArray(
  fc.oneof(...(Object.keys(damages) as (keyof typeof damages)[]).map((name) => fc.tuple(fc.constant(FIELD[name] ?? name), damages[name]))),
  { maxLength: 4, selector: ([field]) => field },
);
const damaged = (s: Snapshot, works: readonly [string, (s: Snapshot) => Snapshot][]): Snapshot =>
  works.reduce((one, [, work]) => work(one), s);
const anySnapshot = fc.tuple(harmless, troubles).map(([first, works]) => damaged(first(goodSnapshot), works));

const isGreen = (kind: TrayStateKind): boolean => kind === "safe" || kind === "update";
const neverFalselyGreen = (rules: TrayRules) =>
  fc.property(anySnapshot, (s) => !isGreen(judgeTray(s, NOW_MS, rules).kind) || mayBeGreen(s, NOW_MS));

const ranks: readonly TrayStateKind[] = ["safe", "update", "sending", "offline", "attention"];

describe("the tray", () => {
  it("is green only when everything was read and everything is acknowledged", () => {
    fc.assert(neverFalselyGreen(TRAY_RULES), { numRuns: 2_000 });
  });

  it("is green whenever it may be", () => {
    fc.assert(
      fc.property(anySnapshot, (s) => !mayBeGreen(s, NOW_MS) || isGreen(trayState(s, NOW_MS).kind)),
      { numRuns: 1_000 },
    );
  });

  it("gets no better by one more trouble", () => {
    fc.assert(
      fc.property(harmless, troubles, (first, works) => {
        const rank = (some: typeof works): number => ranks.indexOf(trayState(damaged(first(goodSnapshot), some), NOW_MS).kind);
        return rank(works) >= rank(works.slice(0, -1));
      }),
      { numRuns: 2_000 },
    );
  });

  it("has a word for whatever a snapshot can hold, at any time", () => {
    fc.assert(
      fc.property(anySnapshot, fc.integer({ min: -1e13, max: 1e13 }), (s, nowMs) => {
        snapshotSchema.parse(s);
        expect(ranks).toContain(trayState(s, nowMs).kind);
      }),
      { numRuns: 1_000 },
    );
  });

  it("has a cause for each of its words", () => {
    const line = { state: "offline", sinceMs: null, lastError: null } as const;
    const causes: Readonly<Record<TrayStateKind, Partial<Snapshot>>> = {
      safe: {},
      update: { update: { version: "1.1.0", appliesFromMs: NOW_MS + 1 } },
      sending: { pending: { entries: 3, oldestAtMs: NOW_MS - 5 } },
      offline: { line },
      attention: { disk: { state: "full" } },
    };
    for (const kind of ranks) expect(trayState({ ...goodSnapshot, ...causes[kind] }, NOW_MS).kind).toBe(kind);
  });
});

/** Rules that say the same as others do: what they add is a better word, not whether it is green. */
const OTHER_WORDS: ReadonlySet<string> = new Set([
  "problems.blocked",
  "problems.notEnrolled",
  "problems.failing",
  "problems.stale",
  "problems.failedFiles",
  "problems.network",
  "waits.offline",
  "waits.update",
]);

const mutants: [string, TrayRules][] = [
  ...Object.keys(TRAY_RULES.problems).map((name): [string, TrayRules] => [
    `problems.${name}`,
    { ...TRAY_RULES, problems: without(TRAY_RULES.problems, name) },
  ]),
  ...Object.keys(TRAY_RULES.waits).map((name): [string, TrayRules] => [
    `waits.${name}`,
    { ...TRAY_RULES, waits: without(TRAY_RULES.waits, name) },
  ]),
  ["freshMs", { ...TRAY_RULES, freshMs: Number.POSITIVE_INFINITY }],
];

function without<T>(record: Readonly<Record<string, T>>, name: string): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([key]) => key !== name));
}

describe("a tray that forgets", () => {
  it.each(mutants.filter(([name]) => !OTHER_WORDS.has(name)))("%s is found out", (_, rules) => {
    expect(fc.check(neverFalselyGreen(rules), { numRuns: 5_000 }).failed).toBe(true);
  });

  it.each(mutants.filter(([name]) => OTHER_WORDS.has(name)))("%s says another word than the tray", (_, rules) => {
    const sameWord = fc.property(anySnapshot, (s) => expect(judgeTray(s, NOW_MS, rules)).toEqual(trayState(s, NOW_MS)));
    expect(fc.check(sameWord, { numRuns: 5_000 }).failed).toBe(true);
    fc.assert(neverFalselyGreen(rules), { numRuns: 500 });
  });
});

describe("by its limits", () => {
  const kindAt = (part: Partial<SourceSnapshot>): string => {
    const state = trayState({ ...goodSnapshot, sources: [{ ...goodSource, ...part }] }, NOW_MS);
    return state.kind === "attention" ? state.code : state.kind;
  };

  it("a look is fresh up to its time, late after it, and stuck past three times that while nothing is read", () => {
    const { freshForMs } = goodSource;
    expect(kindAt({ lastReadAtMs: NOW_MS - freshForMs })).toBe("safe");
    expect(kindAt({ lastReadAtMs: NOW_MS - freshForMs - 1 })).toBe("sending");
    expect(kindAt({ lastReadAtMs: NOW_MS - STALE_FACTOR * freshForMs })).toBe("sending");
    expect(kindAt({ lastReadAtMs: NOW_MS - STALE_FACTOR * freshForMs - 1 })).toBe("source.stale");
    expect(kindAt({ lastReadAtMs: NOW_MS - STALE_FACTOR * freshForMs - 1, state: "reading" })).toBe("sending");
    expect(kindAt({ lastReadAtMs: null })).toBe("sending");
  });

  it("a snapshot counts up to its age and not past it, in both directions of a clock", () => {
    expect(trayState(goodSnapshot, goodSnapshot.atMs + SNAPSHOT_FRESH_MS).kind).toBe("safe");
    expect(trayState(goodSnapshot, goodSnapshot.atMs + SNAPSHOT_FRESH_MS + 1)).toMatchObject({ code: "agent.not-answering" });
    expect(trayState(goodSnapshot, goodSnapshot.atMs - SNAPSHOT_FRESH_MS - 1)).toMatchObject({ code: "agent.not-answering" });
    expect(trayState(undefined, NOW_MS)).toEqual({ kind: "attention", code: "agent.not-answering", others: 0, help: null });
  });
});

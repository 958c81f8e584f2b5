import * as fc from "fast-check";
import { expect, it } from "vitest";
import { madeRelease } from "../testing/made-releases.ts";
import { compareVersions } from "../trust/version.ts";
import { step, type Stepped, type UpdateEffect, type UpdateEvent } from "./step.ts";
import { emptyState, type UpdateState } from "./update-state.ts";

const releases = ["1.1.0", "1.2.0", "1.2.0-rc.1", "0.9.0"].map((version) => madeRelease(version, Buffer.from(version)));
const release = fc.constantFrom(...releases);
const atMs = fc.integer({ min: 0, max: 1_000_000_000 });
const event: fc.Arbitrary<UpdateEvent> = fc.oneof(
  fc.record({ kind: fc.constant("started" as const), version: fc.constantFrom("1.0.0", "1.1.0"), atMs }),
  fc.record({ kind: fc.constant("looked" as const), atMs, code: fc.constantFrom(null, "update.unreachable") }),
  release.map((release) => ({ kind: "offered" as const, release, envelope: "e30=" })),
  fc.record({ kind: fc.constant("downloaded" as const), sha256: release.map(({ file }) => file.sha256), atMs }),
  fc.constant({ kind: "spoiled" as const }),
  fc.record({ kind: fc.constant("may-apply" as const), untilMs: atMs }),
  fc.constant({ kind: "may-not-apply" as const }),
  fc
    .tuple(release, fc.constantFrom("installing", "committed", "reverted", "refused", "stuck"), atMs)
    .map(([{ version, file }, result, atMs]) => ({
      kind: "outcome" as const,
      outcome: {
        result: result as "installing",
        sha256: file.sha256,
        version,
        code: result === "committed" ? null : "update.reverted",
        atMs,
      },
    })),
  fc.record({ kind: fc.constant("declined" as const), atMs }),
);

/** What is on disk besides the state: the word to the root job, as effects leave it. */
const isArmedAfter = (before: boolean, effects: readonly UpdateEffect[]): boolean =>
  effects.reduce((armed, { kind }) => (kind === "arm" ? true : kind === "disarm" ? false : armed), before);

type Machine = (state: UpdateState, event: UpdateEvent) => Stepped;

function run(machine: Machine, events: readonly UpdateEvent[]): void {
  let state = emptyState("1.0.0");
  let isArmed = false;
  const refused = new Set<string>();
  for (const event of events) {
    const stepped = machine(state, event);
    if (stepped.refuse !== undefined) refused.add(stepped.refuse.sha256);
    isArmed = isArmedAfter(isArmed, stepped.effects);
    const { phase } = stepped.state;
    // The root job is only ever told "may" of what is staged and armed, and of just that.
    expect(isArmed).toBe(phase.kind === "armed");
    for (const effect of stepped.effects)
      if (effect.kind === "arm") expect(phase.kind === "armed" && phase.release.file.sha256).toBe(effect.sha256);
    // Nothing is staged that was not wholly downloaded.
    if (phase.kind === "staged" && state.phase.kind === "none") throw new Error("staged out of nothing");
    if (phase.kind === "staged" && state.phase.kind === "downloading") expect(event.kind).toBe("downloaded");
    // Files are thrown away whenever another release, or none, takes the place of one.
    if (state.phase.kind !== "none" && (phase.kind === "none" || phase.release.file.sha256 !== state.phase.release.file.sha256))
      expect(stepped.effects.map(({ kind }) => kind)).toContain("discard");
    // What took its place by an offer is newer.
    if (event.kind === "offered" && state.phase.kind !== "none" && phase !== state.phase && phase.kind !== "none")
      expect(compareVersions(phase.release.version, state.phase.release.version)).toBeGreaterThan(-1);
    expect(compareVersions(stepped.state.floor.version, state.floor.version)).toBeGreaterThan(-1);
    expect(stepped.state.floor.ms).toBeGreaterThanOrEqual(state.floor.ms);
    if (event.kind === "outcome" && event.outcome.result === "reverted")
      expect(refused.has(event.outcome.sha256) || isHeard(state, event)).toBe(true);
    state = stepped.state;
  }
}

const isHeard = ({ last }: UpdateState, { outcome }: Extract<UpdateEvent, { kind: "outcome" }>): boolean =>
  last?.sha256 === outcome.sha256 && last.atMs === outcome.atMs;

/** The way of a release to its word to the root job: chance alone finds it seldom. */
const armed: fc.Arbitrary<UpdateEvent[]> = fc.tuple(fc.constantFrom(...releases.slice(0, 2)), atMs).map(([release, atMs]) => [
  { kind: "offered", release, envelope: "e30=" },
  { kind: "downloaded", sha256: release.file.sha256, atMs },
  { kind: "may-apply", untilMs: atMs },
]);
const history = fc
  .tuple(fc.array(event, { maxLength: 5 }), fc.oneof(armed, fc.constant([])), fc.array(event, { maxLength: 20 }))
  .map(([before, way, after]) => [...before, ...way, ...after]);

const check = (machine: Machine) =>
  fc.check(
    fc.property(history, (events) => run(machine, events)),
    { numRuns: 2_000 },
  );

it("keeps its promises through any events in any order", () => {
  const result = check(step);
  expect(result.failed ? fc.defaultReportMessage(result) : undefined).toBeUndefined();
});

it.each([
  [
    "forgets to take the word back",
    (stepped: Stepped) => ({ ...stepped, effects: stepped.effects.filter(({ kind }) => kind !== "disarm") }),
  ],
  [
    "leaves the files of the one before",
    (stepped: Stepped) => ({ ...stepped, effects: stepped.effects.filter(({ kind }) => kind !== "discard") }),
  ],
  ["does not pin what failed", ({ state, effects }: Stepped) => ({ state, effects })],
  ["lets the floor down", (stepped: Stepped) => ({ ...stepped, state: { ...stepped.state, floor: { version: "0.0.1", ms: 0 } } })],
])("control: a machine that %s is found out", (_, spoil) => {
  expect(check((state, event) => spoil(step(state, event))).failed).toBe(true);
});

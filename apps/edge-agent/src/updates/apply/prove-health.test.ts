import { expect, it } from "vitest";
import type { Health } from "./health.ts";
import { proveHealth, STRIKES_MAX } from "./prove-health.ts";

const probation = { version: "1.1.0", attemptMs: 7, readBefore: ["pos"], deadlineMs: 60_000, soakMs: 20_000 };
const well: Health = { version: "1.1.0", attemptMs: 7, pid: 1, beat: 0, sources: [{ name: "pos", isRead: true }] };

/** Plays what the agent says second by second; the last word is repeated with its beat going up. */
async function watch(words: (second: number) => Health | undefined): Promise<{ kind: string; why?: string; seconds: number }> {
  let nowMs = 0;
  const proof = await proveHealth(probation, {
    health: () => words(nowMs / 1_000),
    monotonicMs: () => nowMs,
    sleep: async (ms) => void (nowMs += ms),
  });
  return { ...proof, seconds: nowMs / 1_000 };
}

it("is given to a version that is well and stays so", async () => {
  expect(await watch((beat) => ({ ...well, beat }))).toEqual({ kind: "healthy", seconds: 20 });
  expect(await watch((beat) => (beat < 30 ? undefined : { ...well, beat }))).toEqual({ kind: "healthy", seconds: 50 });
});

it.each<[string, (second: number) => Health | undefined, string]>([
  ["says nothing", () => undefined, "no word of it"],
  ["is another version", (beat) => ({ ...well, beat, version: "1.0.0" }), "version 1.0.0 answers"],
  ["answers another install", (beat) => ({ ...well, beat, attemptMs: 6 }), "no word of it"],
  [
    "does not read what was read before",
    (beat) => ({ ...well, beat, sources: [{ name: "pos", isRead: false }] }),
    "source pos is not read any more",
  ],
  ["fell silent", (second) => ({ ...well, beat: Math.min(second, 5) }), "it fell silent"],
])("is not given to one that %s", async (_, words, why) => {
  const proof = await watch(words);
  // One that falls silent within the soak has been well for that long.
  if (why === "it fell silent") expect(["healthy", "ill"]).toContain(proof.kind);
  else expect(proof).toEqual({ kind: "ill", why, seconds: 60 });
});

it("asks nothing of sources that did not read before", async () => {
  const sources = [...well.sources, { name: "share", isRead: false }];
  expect((await watch((beat) => ({ ...well, beat, sources }))).kind).toBe("healthy");
});

it("begins anew with each start, and ends with the third end", async () => {
  expect(await watch((beat) => ({ ...well, beat, pid: beat < 15 ? 1 : 2 }))).toEqual({ kind: "healthy", seconds: 35 });
  const restless = await watch((beat) => ({ ...well, beat, pid: Math.floor(beat / 5) }));
  expect(restless).toEqual({ kind: "ill", why: `it ended ${STRIKES_MAX} times`, seconds: 5 * STRIKES_MAX });
});

it("does not wait for ever for one that comes and goes", async () => {
  const word = (second: number): Health => ({ ...well, beat: second, sources: [{ name: "pos", isRead: second % 19 !== 0 }] });
  const proof = await watch(word);
  expect([proof.kind, proof.seconds <= 100]).toEqual(["ill", true]);
});

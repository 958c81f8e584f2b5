import { expect, it } from "vitest";
import { LANGUAGES, pickLanguage } from "./languages.ts";
import { traySentence, type Shown } from "./tray-sentence.ts";

const nowMs = Date.UTC(2026, 10, 22, 15, 0);
const say = (shown: Shown, language: (typeof LANGUAGES)[number] = "en", timeZone: string | null = "Europe/Zurich"): string =>
  traySentence(shown, language, { nowMs, timeZone });
const help = { name: "Anna", phone: "0123" };

const STATES: readonly Shown[] = [
  { kind: "asking" },
  { kind: "safe", readAgeMs: 900 },
  { kind: "sending", left: 0 },
  { kind: "sending", left: 12 },
  { kind: "offline", kept: 0, oldestAtMs: null },
  { kind: "offline", kept: 3, oldestAtMs: nowMs - 3_600_000 },
  { kind: "attention", code: "store.disk-full", others: 0, help: null },
  { kind: "attention", code: "store.disk-full", others: 2, help },
  { kind: "update", version: "1.2.3", appliesFromMs: nowMs },
];

it("says each state in its own words, in each language", () => {
  const sentences = LANGUAGES.flatMap((language) => STATES.map((state) => say(state, language)));
  expect(new Set(sentences).size).toBe(LANGUAGES.length * STATES.length);
  for (const sentence of sentences) expect(sentence).not.toMatch(/undefined|null|NaN|\$\{/);
});

it("writes one and many, and numbers as the language does", () => {
  expect(say({ kind: "sending", left: 1 })).toBe("Sending: 1 record left.");
  expect(say({ kind: "sending", left: 12_345 })).toBe("Sending: 12,345 records left.");
  expect(say({ kind: "sending", left: 12_345 }, "de")).toBe("Wird gesendet: noch 12.345 Vorgänge.");
});

it("tells since when by the store's clock, with the day where it is another, and by this machine's where the zone is unknown", () => {
  const kept = (oldestAtMs: number): Shown => ({ kind: "offline", kept: 2, oldestAtMs });
  expect(say(kept(nowMs - 3_600_000), "de")).toContain("seit 15:00");
  expect(say(kept(nowMs - 3_600_000), "de", "Asia/Dubai")).toContain("seit 18:00");
  expect(say(kept(nowMs - 86_400_000), "de")).toContain("seit 21.11.26, 16:00");
  expect(say(kept(nowMs), "de", "No/Such")).toMatch(/seit \d\d:\d\d/);
});

it("names whom to call and what to say", () => {
  const state = { kind: "attention", code: "store.disk-full", others: 2, help } as const;
  expect(say(state)).toBe("Needs attention. Call Anna (0123) and tell this code: store.disk-full (and 2 more)");
  expect(say({ ...state, help: { name: "Anna", phone: null }, others: 0 })).toBe(
    "Needs attention. Call Anna and tell this code: store.disk-full",
  );
});

it("takes the first language that there is", () => {
  expect([pickLanguage(["it-CH", "fr-CH", "de"]), pickLanguage(["de_AT"]), pickLanguage(["xx"]), pickLanguage([])]).toEqual([
    "fr",
    "de",
    "en",
    "en",
  ]);
});

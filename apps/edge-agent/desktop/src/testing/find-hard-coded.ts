import type { Page } from "playwright-core";
import { FREE } from "./poison.ts";
import { askScripted, type ScriptedAgent } from "./scripted-agent.ts";

/** What Intl writes: lengths of time, sizes, dates and times of day. */
const WRITTEN = [
  /\b\d[\d,.]* ?(?:seconds?|minutes?|hours?|days?|bytes?|kB)\b/g,
  /\b(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? )?\d{1,2} [A-Z][a-z]+ \d{4}(?:, \d{2}:\d{2})?/g,
  /\b[a-z]+(?:-[a-z]+)*\.[a-z]+(?:-[a-z]+)*\b/g,
];
const QUESTIONS: readonly (readonly [method: string, request: unknown])[] = [
  ["snapshot", {}],
  ["day", {}],
  ["devices", {}],
  ["set-aside-list", { all: true }],
  ["line-history", { limit: 100 }],
  ...["orders", "stores", "configuration"].map((collection) => ["reference-pull", { collection, checkpoint: {}, limit: 1_000 }] as const),
];

/**
 * Texts of a page in the pseudo-language that are neither of a catalogue (those stand in brackets), nor the agent's own
 * data, nor figures: what somebody wrote into a screen.
 */
export async function findHardCoded(page: Page, agent: ScriptedAgent): Promise<string[]> {
  const own = await textsOfAgent(agent);
  const texts = await page.evaluate(() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found: string[] = [];
    while (walker.nextNode() !== null) {
      const parent = walker.currentNode.parentElement;
      if (parent?.closest("pre, script, style") === null) found.push(walker.currentNode.textContent ?? "");
    }
    const named = [...document.querySelectorAll("[aria-label], [title], [placeholder], [alt]")];
    const names = ["aria-label", "title", "placeholder", "alt"];
    return [...found, ...named.flatMap((element) => names.map((name) => element.getAttribute(name) ?? "")), document.title];
  });
  return texts.map((text) => strip(text, own)).filter((text) => /\p{L}/u.test(text));
}

function strip(text: string, own: readonly string[]): string {
  let left = text;
  while (/\[[^[\]]*\]/.test(left)) left = left.replaceAll(/\[[^[\]]*\]/g, "");
  for (const pattern of WRITTEN) left = left.replaceAll(pattern, "");
  for (const known of own) left = left.replaceAll(known, "");
  return left.trim();
}

/** Every text in what the agent answers, the longest first. */
async function textsOfAgent(agent: ScriptedAgent): Promise<string[]> {
  const found = new Set<string>(["Deutsch", "Français", "English", "en-XA"]);
  for (const [method, request] of QUESTIONS) {
    const answered = await askScripted(agent, method, request);
    if ("result" in answered) collect(answered.result, found);
  }
  return [...found].toSorted((a, b) => b.length - a.length);
}

/** A lone word of the protocol's own, such as a state, is no text for people: a screen that shows it has no words for it. */
function collect(value: unknown, into: Set<string>, key = ""): void {
  if (typeof value === "string" && /\p{L}/u.test(value) && (FREE.has(key) || !/^[a-z-]+$/.test(value))) into.add(value);
  if (typeof value === "object" && value !== null) for (const [key, field] of Object.entries(value)) collect(field, into, key);
}

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CHECKLIST } from "../../testing/electron/checklist.ts";
import { makeDesktopWorld, type DesktopWorld } from "../../testing/electron/desktop-world.ts";
import { gatherFacts, type Facts } from "../../testing/electron/gather-facts.ts";
import { makeScriptedDoor, type ScriptedDoor } from "../../testing/electron/scripted-door.ts";
import { snapshotNow } from "../../testing/electron/shop-snapshot.ts";
import type { Desktop } from "../../testing/electron/start-desktop.ts";
import { CHROMIUM, hasChromium } from "../../testing/open-browser.ts";
import { ASKED_AT_ONCE_MAX } from "../bridge/answer-page.ts";

describe.skipIf(!hasChromium)(`a page that was taken over${hasChromium ? "" : ` (skipped: no ${CHROMIUM})`}`, () => {
  let world: DesktopWorld;
  let door: ScriptedDoor;
  let desktop: Desktop;
  let facts: Facts;
  beforeAll(async () => {
    [world, door] = await Promise.all([makeDesktopWorld(), makeScriptedDoor({ snapshot: () => snapshotNow() })]);
    desktop = world.start({ door: door.folder });
    await desktop.until("window", (window) => window?.loaded === true);
    facts = await gatherFacts(desktop, join(world.folder, "out"));
  });
  afterAll(async () => {
    await world.close();
    await door.remove();
  });

  it.each(CHECKLIST)("$n: $point", ({ holds, broken }) => {
    expect(holds(facts)).toBe(true);
    expect(broken.map((breaks) => holds(breaks(facts)))).toEqual(broken.map(() => false));
  });

  it("the list is whole: each of the twenty points once", () => {
    expect(CHECKLIST.map(({ n }) => n)).toEqual(Array.from({ length: 20 }, (_, at) => at + 1));
  });

  it("would get out where nothing is said of these things, and that is noticed", async () => {
    const neglectful = world.start({ door: door.folder, env: { TILLSYNC_STAND_IN_NEGLECTS: "1" } });
    await neglectful.until("window", (window) => window?.loaded === true);
    const { page, permitted, escaped, headers } = await gatherFacts(neglectful, join(world.folder, "out"));
    expect(page.ran).toEqual(expect.arrayContaining(["inline", "eval"]));
    expect(permitted).toEqual(expect.arrayContaining(["media for tillsync://window/index.html", "a device", "the screen's picture"]));
    expect(escaped).toEqual(expect.arrayContaining(["https://evil.example/popup", "https://evil.example/link", "data:text/plain,x"]));
    expect(headers.some((one) => "content-security-policy" in one)).toBe(false);
    await neglectful.stop();
  });

  it("is answered for all that: what it may ask", async () => {
    expect(await desktop.inPage(`window.tillsync.ask("snapshot", {}).then(({ result }) => result.terminalId)`)).toBe("till-1");
  });

  it("learns of a wrong question no more than a code", async () => {
    const ask = (text: string): Promise<unknown> => desktop.inPage(`window.tillsync.ask(${text})`);
    expect(await ask(`"__proto__", {}`)).toEqual({ error: { code: "wire.malformed", detail: "method" } });
    expect(await ask(`{ toString: 1 }, {}`)).toEqual({ error: { code: "wire.malformed", detail: "method" } });
    expect(await ask(`"find-products", { text: "x".repeat(2_000_000) }`)).toEqual({ error: { code: "wire.malformed", detail: "text" } });
    expect(await ask(`"day", {}`)).toEqual({ error: { code: "wire.not-found", detail: "day" } });
    await expect(ask(`"day", { a: () => 1 }`)).rejects.toThrow(/could not be cloned/);
  });

  it("has so many questions under way and no more; those that are answered make room", async () => {
    const held: (() => void)[] = [];
    door.script = {
      snapshot: () => snapshotNow(),
      devices: () => new Promise((resolve) => void held.push(() => resolve({ devices: [] }))),
    };
    const all = desktop.inPage<{ error?: { code: string } }[]>(
      `Promise.all(Array.from({ length: 40 }, () => window.tillsync.ask("devices", {})))`,
    );
    await expect.poll(() => held.length).toBeGreaterThan(0);
    await expect.poll(() => door.asked.get("devices")).toBeLessThanOrEqual(ASKED_AT_ONCE_MAX);
    const ticking = setInterval(() => held.splice(0).forEach((release) => release()), 50);
    const answers = await all;
    clearInterval(ticking);
    expect(answers.filter(({ error }) => error?.code === "wire.busy").length).toBeGreaterThanOrEqual(40 - ASKED_AT_ONCE_MAX);
    expect(answers.some(({ error }) => error === undefined)).toBe(true);
    expect(await desktop.inPage(`window.tillsync.ask("snapshot", {}).then((answer) => "result" in answer)`)).toBe(true);
  });

  it("finds no secret: not in the page's text, its objects, its storage, nor in what was built", async () => {
    const secret = readFileSync(join(door.folder, "control.secret"), "utf8").trim();
    const page = await desktop.inPage<string>(`JSON.stringify([
      document.documentElement.outerHTML, Object.entries(localStorage), Object.entries(sessionStorage), document.cookie, location.href,
      Object.getOwnPropertyNames(window).map((name) => { try { return String(window[name]); } catch { return ""; } }),
      String(window.tillsync.ask),
    ])`);
    expect(page).toContain("till-1");
    expect(page).not.toContain(secret);
    expect(page).not.toContain(door.folder);
  });
});

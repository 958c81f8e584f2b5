import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { askAgent } from "@tillsync/edge-agent/ask-agent";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { makeDesktopWorld, type DesktopWorld } from "../testing/electron/desktop-world.ts";
import { makeScriptedDoor, type ScriptedDoor } from "../testing/electron/scripted-door.ts";
import { snapshotNow } from "../testing/electron/shop-snapshot.ts";
import type { Desktop } from "../testing/electron/start-desktop.ts";
import type { Change } from "../testing/make-shop.ts";
import { CHROMIUM, hasChromium } from "../testing/open-browser.ts";

const AGENT = fileURLToPath(new URL("../../../bin/edge-agent.mjs", import.meta.url));

const glyph = (icon: string): string => basename(icon).split("-")[0] ?? "";

describe.skipIf(!hasChromium)(`tray and window${hasChromium ? "" : ` (skipped: no ${CHROMIUM})`}`, () => {
  let world: DesktopWorld;
  let door: ScriptedDoor;
  let desktop: Desktop;
  beforeAll(async () => {
    world = await makeDesktopWorld();
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    world.setPanel(true);
    door = await makeScriptedDoor({ snapshot: () => snapshotNow() });
  });
  afterEach(async () => {
    await desktop.stop();
    await door.remove();
  });

  const start = (args: readonly string[] = [], person = "anna"): Desktop =>
    (desktop = world.start({ door: door.folder, args, userData: join(world.folder, person) }));
  const shows = (kind: string): Promise<unknown> => desktop.until("tray", (tray) => tray !== null && glyph(tray.icon) === kind);
  const isLoaded = (): Promise<unknown> => desktop.until("window", (window) => window !== null && window.loaded && !window.crashed);
  /** A person signs in again: the agent is asked at once. */
  const askNow = (): Promise<unknown> => desktop.ask("emit", "powerMonitor", "unlock-screen");

  it("shows each state by glyph and sentence in tray and title, and touches the icon only when the state changes", async () => {
    start(["--hidden"]);
    await shows("safe");
    const states: readonly (readonly [string, Change, string])[] = [
      ["sending", { pending: { entries: 128, oldestAtMs: null } }, "Sending: 128 records left."],
      ["offline", { line: { state: "offline", sinceMs: null, lastError: null } }, "Offline: nothing is waiting. Keep selling."],
      [
        "attention",
        { setAside: { open: 2, handedToIt: 0 } },
        "Needs attention. Call Filialservice (+49 30 5550100) and tell this code: capture.set-aside",
      ],
      ["update", { update: { version: "9.8.7", appliesFromMs: 0 } }, "All sales are safe. Version 9.8.7 waits until the shop is closed."],
      ["safe", {}, "All sales are safe in the cloud."],
    ];
    for (const [kind, change, sentence] of states) {
      door.script = { snapshot: () => snapshotNow(change) };
      await askNow();
      await shows(kind);
      const tray = await desktop.until("tray", (seen) => seen?.toolTip === sentence);
      expect(tray?.menu[0]).toEqual({ label: sentence, enabled: false, checked: false, submenu: [] });
    }
    const before = await desktop.ask("tray");
    const asked = door.asked.get("snapshot") ?? 0;
    await expect.poll(() => door.asked.get("snapshot"), { timeout: 10_000 }).toBeGreaterThan(asked);
    expect(await desktop.ask("tray")).toEqual(before);
    expect(await desktop.ask("window")).toBeNull();
    expect(desktop.errors()).toBe("");
  });

  it("opens the window from the tray, hides it when it is closed, shows it again, and quits by the menu", async () => {
    start();
    await isLoaded();
    await shows("safe");
    expect(await desktop.ask("close")).toBe(false);
    expect(await desktop.ask("window")).toMatchObject({ visible: false, loaded: true });
    await desktop.ask("emit", "tray", "click");
    expect(await desktop.ask("window")).toMatchObject({ visible: true, title: "Tillsync: All sales are safe in the cloud." });
    await desktop.ask("close");
    await desktop.ask("minimize");
    await desktop.ask("click", "Open window");
    expect(await desktop.ask("window")).toMatchObject({ visible: true, minimized: false, count: 1 });
    await Promise.all([once(desktop.child, "exit"), desktop.ask("click", "Quit this display")]);
    expect(desktop.child.exitCode).toBe(0);
  });

  it("does every action of the menu, and keeps the choice of a language", async () => {
    start(["--hidden"], "berta");
    await shows("safe");
    await desktop.ask("click", "Copy support code");
    const { clipboard } = await desktop.until("recorded", (seen) => seen.clipboard !== "");
    expect(clipboard).toMatch(/^TILLSYNC safe \| no problems \| terminal till-1 \| store 0042 \| agent 0\.1\.0 \| \d{4}-/);
    await desktop.ask("click", "Language", "Deutsch");
    const german = await desktop.until("tray", (tray) => tray?.toolTip === "Alle Verkäufe sind sicher in der Cloud.");
    expect(german?.menu.map(({ label }) => label)).toContain("Diese Anzeige beenden");
    const userData = join(world.folder, "berta");
    expect(JSON.parse(readFileSync(join(userData, "userData", "settings.json"), "utf8"))).toEqual({ language: "de" });
    const entry = join(userData, "autostart", "tillsync.desktop");
    await desktop.ask("click", "Beim Anmelden starten");
    expect(readFileSync(entry, "utf8")).toContain(`Exec="${process.execPath}" --hidden\n`);
    await desktop.ask("click", "Beim Anmelden starten");
    expect(existsSync(entry)).toBe(false);
    await desktop.stop();
    start(["--hidden"], "berta");
    await desktop.until("tray", (tray) => tray?.toolTip === "Alle Verkäufe sind sicher in der Cloud.");
  });

  it("without a panel the window is where the state shows, a start at sign-in shows it, and its close ends the program", async () => {
    world.setPanel(false);
    start(["--hidden"]);
    await isLoaded();
    expect(await desktop.ask("tray")).toBeNull();
    const window = await desktop.until("window", (seen) => seen?.title === "Tillsync: All sales are safe in the cloud.");
    expect([window?.visible, glyph(window?.icon ?? "")]).toEqual([true, "safe"]);
    await Promise.all([once(desktop.child, "exit"), desktop.ask("close").catch(() => undefined)]);
    expect(desktop.child.exitCode).toBe(0);
  });

  it("a second start shows the first's window and ends", async () => {
    start(["--hidden"]);
    await shows("safe");
    const userData = join(world.folder, "anna");
    expect(existsSync(join(userData, "instance.lock"))).toBe(true);
    const { child } = world.start({ door: door.folder, userData });
    expect(await once(child, "exit")).toEqual([0, null]);
    await isLoaded();
    expect(await desktop.ask("window")).toMatchObject({ visible: true, count: 1 });
  });

  it("says that no agent answers, and takes up the truth when one comes, goes and comes again", async () => {
    await door.shut();
    start(["--hidden"]);
    await shows("attention");
    expect((await desktop.ask("tray"))?.toolTip).toContain("agent.not-answering");
    await door.open();
    await askNow();
    await shows("safe");
    await door.shut();
    await shows("attention");
    await door.open();
    await askNow();
    await shows("safe");
  });

  it("after a sleep nothing is green before a fresh answer", async () => {
    start(["--hidden"]);
    await shows("safe");
    const held: (() => void)[] = [];
    door.script = { snapshot: () => new Promise((resolve) => void held.push(() => resolve(snapshotNow()))) };
    await desktop.ask("emit", "powerMonitor", "suspend");
    await desktop.ask("emit", "powerMonitor", "resume");
    const tray = await desktop.ask("tray");
    expect([glyph(tray?.icon ?? ""), tray?.toolTip]).toEqual(["sending", "One moment: asking how the sales stand."]);
    door.script = { snapshot: () => snapshotNow() };
    for (const release of held) release();
    await shows("safe");
  });

  it("a page whose process dies comes back; tray and agent go on", async () => {
    start();
    await isLoaded();
    await shows("safe");
    await desktop.ask("crash");
    await desktop.until("window", (window) => window?.crashed === true);
    door.script = { snapshot: () => snapshotNow({ pending: { entries: 3, oldestAtMs: null } }) };
    await shows("sending");
    await isLoaded();
    await expect.poll(() => desktop.inPage<string>("document.body.innerText"), { timeout: 10_000 }).toContain("3 records left");
    await desktop.ask("emit", "app", "child-process-gone", { type: "GPU", reason: "crashed" });
    expect((await desktop.ask("recorded")).redrawn).toBe(1);
  });

  it("a display that goes away does not take the window with it", async () => {
    start();
    await isLoaded();
    await desktop.ask("setDisplays", []);
    await desktop.ask("emit", "screen", "display-removed");
    expect((await desktop.ask("window"))?.bounds).toEqual({ x: 10, y: 10, width: 1_024, height: 720 });
    await desktop.ask("setDisplays", [{ x: 2_000, y: 0, width: 800, height: 600 }]);
    await desktop.ask("emit", "screen", "display-added");
    expect((await desktop.ask("window"))?.bounds).toEqual({ x: 2_000, y: 0, width: 800, height: 600 });
  });

  it("a session that ends closes the window, whatever a tray would do", async () => {
    start();
    await isLoaded();
    expect(await desktop.ask("close")).toBe(false);
    await desktop.ask("emit", "window", "query-session-end");
    expect(await desktop.ask("close")).toBe(true);
  });

  it("shows what a real agent says; killed, the tray takes nothing from it, and the tray tells when the agent is", async () => {
    const data = join(world.folder, "data");
    const staff = join(world.folder, "staff");
    mkdirSync(data, { mode: 0o700 });
    mkdirSync(staff, { mode: 0o750 });
    const run = async (): Promise<ChildProcess> => {
      const child = spawn(process.execPath, [AGENT, "run", "--data", data, "--staff-door", staff, "--json"], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      await once(child.stdout, "data");
      return child;
    };
    let agent = await run();
    const code = async (text: string): Promise<unknown> => desktop.until("tray", (tray) => tray?.toolTip.includes(text) === true);
    try {
      desktop = world.start({ door: staff, args: ["--hidden"] });
      await code("enrol.required");
      await desktop.stop();
      expect((await askAgent(staff, "snapshot", {}))?.line.state).toBe("not-enrolled");
      desktop = world.start({ door: staff, args: ["--hidden"] });
      await code("enrol.required");
      agent.kill("SIGKILL");
      await once(agent, "exit");
      await code("agent.not-answering");
      agent = await run();
      await code("enrol.required");
    } finally {
      agent.kill("SIGKILL");
    }
  });
});

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const TOUR = fileURLToPath(new URL("main.ts", import.meta.url));
/** Some forty commands and a database: seconds on an idle machine, more than a minute where other suites run beside it. */
const TOUR_DEADLINE_MS = 240_000;
let parent = "";
let folder = "";
let tour: ChildProcess | undefined;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), "tillsync-tour-e2e-"));
  folder = join(parent, "data");
});
afterEach(() => {
  tour?.kill("SIGKILL");
  rmSync(parent, { recursive: true, force: true });
});

interface Run {
  ended: Promise<number | null>;
  output: () => string;
  /** Waits until the output holds `text`. */
  saw: (text: string) => Promise<void>;
}

function start(...args: string[]): Run {
  const child = spawn(process.execPath, [TOUR, "--data", folder, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  tour = child;
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  const ended = once(child, "close").then(([code]) => code as number | null);
  return {
    ended,
    output: () => output,
    saw: async (text) => {
      while (!output.includes(text)) {
        if (child.exitCode !== null) throw new Error(`ended without ${JSON.stringify(text)}:\n${output}`);
        await Promise.race([once(child.stdout, "data"), ended]);
      }
    },
  };
}

/** Processes whose command line names the tour's folder, other than the tour itself; those with the word `word` if given. */
function crewOf(data: string, word?: string): number[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => {
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, "utf8");
      return pid !== tour?.pid && words.includes(data) && (word === undefined || words.split("\0").includes(word));
    } catch {
      return false;
    }
  });
}
const onLinux = existsSync("/proc/self/cmdline");

describe("the tour", () => {
  it(
    "ends with every sale everywhere exactly once, and leaves nothing running",
    async () => {
      const run = start("--exit", "--sales", "30", "--speed", "3", "--seed", "e2e");
      expect(await run.ended, run.output()).toBe(0);
      expect(run.output()).toContain("The line to the cloud is cut");
      expect(run.output()).toContain("The line is back");
      for (const who of ["Agents", "Cloud", "ERP", "OMS", "Loyalty", "Prices"])
        expect(run.output()).toMatch(new RegExp(`^${who} .* ok`, "m"));
      const output = run.output();
      const [cut, changed, back] = ["The line to the cloud is cut", "Head office has changed a price", "The line is back"].map((text) =>
        output.indexOf(text),
      );
      expect(changed).toBeGreaterThan(cut ?? -1);
      expect(back).toBeGreaterThan(changed ?? -1);
      for (const till of ["Till 1", "Till 2"]) expect(output.indexOf(`${till} has the new price, seen `)).toBeGreaterThan(back ?? -1);
      expect(run.output()).toContain("Every sale arrived everywhere exactly once.");
      if (onLinux) expect(crewOf(folder)).toEqual([]);
    },
    TOUR_DEADLINE_MS,
  );

  it.skipIf(!onLinux)("opens a till's window, and stops everything on Ctrl-C", async () => {
    const run = start("--sales", "500");
    await run.saw("Two tills are enrolled");
    const page = /Live page: (\S+)/.exec(run.output())?.[1];
    const link = await fetch(`${page}/window/1`, { redirect: "manual" });
    expect(link.status, await link.text()).toBe(302);
    expect(link.headers.get("location")).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/open\//);
    const window = await fetch(link.headers.get("location") ?? "", { redirect: "manual" });
    expect([window.status, window.headers.get("set-cookie")?.includes("HttpOnly")]).toEqual([303, true]);
    expect(crewOf(folder).length).toBeGreaterThan(5);
    tour?.kill("SIGINT");
    expect(await run.ended, run.output()).toBe(130);
    expect(crewOf(folder)).toEqual([]);
  });

  it.skipIf(!onLinux)("fails when an agent dies, and still leaves nothing running", async () => {
    const run = start("--exit", "--sales", "500");
    await run.saw("Two tills are enrolled");
    const agent = crewOf(join(folder, "agent-1"), "run").at(-1);
    if (agent === undefined) throw new Error("no agent found");
    process.kill(agent, "SIGKILL");
    expect(await run.ended, run.output()).toBe(1);
    expect(run.output()).toContain("agent-1 ended (SIGKILL)");
    expect(crewOf(folder)).toEqual([]);
  });

  it("refuses a folder in use, and wrong options", async () => {
    const run = start("--exit", "--sales", "0");
    expect(await run.ended).toBe(2);
    expect(run.output()).toContain("sales");
    expect(existsSync(folder)).toBe(false);
    folder = fileURLToPath(new URL(".", import.meta.url));
    const second = start("--exit");
    expect(await second.ended).toBe(1);
    expect(second.output()).toContain("is not empty");
  });
});

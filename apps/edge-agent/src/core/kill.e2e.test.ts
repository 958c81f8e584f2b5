import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CaptureReport } from "../capture/capture-paths.ts";
import type { AgentStatus } from "../health/status.ts";
import type { VerifyReport } from "../journal/verify-journal.ts";
import { poslogDay } from "./testing/poslog-day.ts";

const BIN = fileURLToPath(new URL("../../bin/edge-agent.mjs", import.meta.url));
/** Overridable for long runs. */
const KILLS = Number(process.env["TILLSYNC_KILLS"] ?? 12);

let base: string;
let data: string;
let drop: string;
let agent: ChildProcess | undefined;

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "tillsync-kill-"));
  [data, drop] = [join(base, "data"), join(base, "drop")];
  mkdirSync(data, { mode: 0o700 });
  mkdirSync(drop);
  const source = { name: "pos", kind: "folder", path: drop, adapter: "poslog", rescanMs: 200, quietMs: 100, patienceMs: 400 };
  writeFileSync(join(data, "config.json"), JSON.stringify({ sources: [source], ballastBytes: 0 }));
});
afterEach(async () => {
  if (agent?.exitCode === null && agent.signalCode === null) {
    agent.kill("SIGKILL");
    await once(agent, "exit");
  }
  rmSync(base, { recursive: true, force: true });
});

const start = (): ChildProcess => (agent = spawn(process.execPath, [BIN, "run", "--data", data], { stdio: "ignore" }));

// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- names what the command prints
async function command<T>(...args: string[]): Promise<{ code: number; document: T }> {
  const child = spawn(process.execPath, [BIN, ...args, "--data", data, "--json"], { stdio: ["ignore", "pipe", "ignore"] });
  let text = "";
  child.stdout.on("data", (chunk) => (text += String(chunk)));
  const [code] = (await once(child, "close")) as [number];
  return { code, document: JSON.parse(text) as T };
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 300; i += 1) {
    if (await condition()) return;
    await delay(100);
  }
  throw new Error("it did not come to pass within 30 s");
}

const transactions = async (): Promise<number> => {
  const { code, document } = await command<AgentStatus>("status");
  return code === 0 ? document.captured.transactions : -1;
};

describe("an agent that is killed", () => {
  it(`${KILLS} times while files are written has each sale once, and its journal intact`, async () => {
    const day = poslogDay({ sales: 40 * KILLS, workstation: "7" });
    const other = poslogDay({ sales: 300, workstation: "8" });
    writeFileSync(join(drop, "till-7.xml"), day.opening);
    for (let i = 0; i < KILLS; i += 1) {
      const child = start();
      const dies = once(child, "exit");
      for (const record of day.records.slice(i * 40, (i + 1) * 40)) {
        // Half of a record, then the other half: what a till's slow disk shows.
        appendFileSync(join(drop, "till-7.xml"), record.slice(0, record.length / 2));
        if (i % 3 === 0) await delay(1);
        appendFileSync(join(drop, "till-7.xml"), record.slice(record.length / 2));
      }
      if (i === 1) writeFileSync(join(drop, "till-8.xml"), other.opening + other.records.join("") + other.closing);
      await delay(150 + ((i * 137) % 500));
      child.kill("SIGKILL");
      await dies;
    }
    appendFileSync(join(drop, "till-7.xml"), day.closing);
    start();
    await until(async () => (await transactions()) === 40 * KILLS + 300);
    const { document: status } = await command<AgentStatus>("status");
    expect(status.captured).toEqual({
      transactions: 40 * KILLS + 300,
      byType: { RetailTransaction: 40 * KILLS + 300 },
      grossByCurrency: { EUR: ((day.grossMinor + other.grossMinor) / 100).toFixed(2) },
      revisions: 0,
    });
    expect(status.setAside).toBe(0);
    agent!.kill("SIGTERM");
    await once(agent!, "exit");
    const { code, document: verified } = await command<VerifyReport>("verify");
    expect([code, verified.ok, verified.entries]).toEqual([0, true, status.captured.transactions]);
  });
});

describe("an agent that runs", () => {
  it("captures for the command, keeps others out, takes a new configuration and ends in order", async () => {
    const day = poslogDay({ sales: 5, workstation: "1" });
    writeFileSync(join(base, "day.xml"), day.opening + day.records.join("") + day.closing);
    const child = start();
    await until(async () => (await command<AgentStatus>("status")).document.running);
    const { code, document } = await command<CaptureReport>("capture", "--adapter", "poslog", join(base, "day.xml"));
    expect([code, document.total.new]).toEqual([0, 5]);
    const unknown = await command<{ error: { code: string; detail: string } }>("capture", "--adapter", "psolog", join(base, "day.xml"));
    expect([unknown.code, unknown.document.error.code]).toEqual([1, "adapter.unknown"]);
    expect(unknown.document.error.detail).toContain("poslog");
    const second = await command<{ error: { code: string } }>("prune");
    expect([second.code, second.document.error.code]).toEqual([1, "data.locked"]);
    const late = { name: "late", kind: "folder", path: base, adapter: "poslog", pattern: "none" };
    writeFileSync(join(data, "config.json"), JSON.stringify({ sources: [late], ballastBytes: 0 }));
    child.kill("SIGHUP");
    await until(async () => (await command<AgentStatus>("status")).document.sources[0]?.name === "late");
    writeFileSync(join(data, "config.json"), "{ wrong");
    child.kill("SIGHUP");
    await delay(200);
    expect((await command<AgentStatus>("capture", "--adapter", "poslog", join(base, "day.xml"))).code).toBe(0);
    const stopping = Date.now();
    child.kill("SIGTERM");
    expect(await once(child, "exit")).toEqual([0, null]);
    expect(Date.now() - stopping).toBeLessThan(5_000);
  });
});

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { askAgent } from "../../../apps/edge-agent/src/control/ask-agent.ts";
import { until } from "../measure/time-limit.ts";
import type { BenchProcess } from "../processes/child.ts";
import { startProgram } from "./programs.ts";
import type { Terminal } from "./terminal.ts";

const READY_MS = 30_000;
const ONLINE_MS = 30_000;

/** Gives a terminal one watched folder, empty, as a shop's till has it. */
export function addWatchedFolder({ folder }: Terminal): void {
  const path = join(folder, "..", "pos");
  mkdirSync(path, { recursive: true });
  const file = join(folder, "config.json");
  const config = readConfig(file);
  writeFileSync(file, JSON.stringify({ ...config, sources: [{ name: "pos", kind: "folder", path, adapter: "poslog" }] }), { mode: 0o600 });
}

function readConfig(file: string): object {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as object;
  } catch {
    return {};
  }
}

/** A running agent, and the milliseconds from its start until it answered on its control socket. */
export interface StartedAgent {
  readonly process: BenchProcess;
  readonly readyMs: number;
}

/** Starts the bundled agent and waits until it answers. */
export async function startAgent({ folder }: Terminal): Promise<StartedAgent> {
  const started = performance.now();
  const agent = await startProgram("edge-agent", ["run", "--data", folder]);
  try {
    await until(READY_MS, 2, "the agent's first answer", async () => {
      if (agent.process.exitCode !== null) throw new Error(`edge-agent ended: ${agent.text().trim()}`);
      return askAgent(folder, "status", {}).catch(() => undefined);
    });
  } catch (error) {
    await agent.stop();
    throw error;
  }
  return { process: agent, readyMs: performance.now() - started };
}

/** Waits until the agent has greeted its cloud. */
export async function untilOnline({ folder }: Terminal): Promise<void> {
  await until(ONLINE_MS, 100, "the agent to be online", async () => {
    const status = await askAgent(folder, "status", {});
    return status?.upstreams.some(({ state }) => state === "online") || undefined;
  });
}

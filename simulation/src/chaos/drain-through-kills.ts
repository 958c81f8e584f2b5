import { setTimeout as delay } from "node:timers/promises";
import { seededRandom } from "../world/random.ts";
import type { Running } from "../world/programs.ts";
import { dropFile, type TillFiles } from "../world/shop.ts";
import type { World } from "../world/world.ts";
import type { FaultyProxy } from "./faulty-proxy.ts";

/** The line of the suite: one request in seven goes wrong somehow. */
const LINE_FAULTS = { answerLost: 0.05, duplicated: 0.05, requestCut: 0.03, delayed: 0.3, delayMsMax: 250 };
const PAUSE_MS_MIN = 100;
const PAUSE_MS_MAX = 900;

export interface KillPlan {
  readonly seed: number;
  readonly kills: number;
  /** Extra victims beside agent and cloud, such as an external database. Each is killed and started again. */
  readonly victims?: readonly { readonly name: string; strike: () => Promise<void> }[];
}

export interface KillReport {
  readonly kills: Record<string, number>;
  readonly proxy: FaultyProxy["counts"];
}

/**
 * Feeds the POS folder file by file while agent, cloud and the other victims die by SIGKILL at random moments, and the
 * line between agent and cloud loses, doubles, cuts and delays. When it returns all files are there, both programs run,
 * and the line is sound again; `settle` is then the caller's.
 */
export async function drainThroughKills(
  world: World,
  files: TillFiles["files"],
  plan: KillPlan,
  proxy: FaultyProxy,
  running: { agent: Running; cloud: Running },
): Promise<KillReport> {
  const random = seededRandom(plan.seed);
  const kills: Record<string, number> = {};
  const victims = ["agent", "cloud", ...(plan.victims ?? []).map((victim) => victim.name)];
  proxy.faults(LINE_FAULTS);
  for (let i = 0, dropped = 0; i < plan.kills; i += 1) {
    for (const due = Math.ceil(((i + 1) * files.length) / plan.kills); dropped < due; dropped += 1) {
      dropFile(world.posFolder, `receipts-${String(dropped).padStart(5, "0")}.xml`, files[dropped] ?? "");
    }
    await delay(PAUSE_MS_MIN + random() * (PAUSE_MS_MAX - PAUSE_MS_MIN));
    const name = victims[Math.floor(random() * victims.length)] ?? "agent";
    kills[name] = (kills[name] ?? 0) + 1;
    await strike(name, world, plan, proxy, running);
  }
  proxy.faults({ ...LINE_FAULTS, answerLost: 0, duplicated: 0, requestCut: 0, delayed: 0 });
  return { kills, proxy: proxy.counts };
}

async function strike(
  name: string,
  world: World,
  plan: KillPlan,
  proxy: FaultyProxy,
  running: { agent: Running; cloud: Running },
): Promise<void> {
  if (name === "agent") {
    running.agent.kill("SIGKILL");
    await running.agent.exited;
    running.agent = await world.startAgent();
  } else if (name === "cloud") {
    running.cloud.kill("SIGKILL");
    await running.cloud.exited;
    const cloud = await world.startCloud();
    proxy.target(cloud.url);
    running.cloud = cloud;
  } else {
    await plan.victims?.find((victim) => victim.name === name)?.strike();
  }
}

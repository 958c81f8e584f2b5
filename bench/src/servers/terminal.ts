import { join } from "node:path";
import { runScript } from "../processes/child.ts";
import { makeScratch, removeScratch } from "../processes/scratch.ts";
import type { Cloud } from "./cloud.ts";
import { runProgram } from "./programs.ts";

const FILL_MS = 1_800_000;

/** A data folder of an enrolled terminal, with a backlog. */
export interface Terminal {
  readonly folder: string;
  readonly name: string;
  remove(): Promise<void>;
}

/** Enrols a terminal by its commands and fills its journal with `sales` through the agent's own append. */
export async function makeTerminal(cloud: Cloud, url: string, sales: number): Promise<Terminal> {
  const name = "till-1";
  const scratch = await makeScratch("terminal");
  const folder = join(scratch, "data");
  const remove = (): Promise<void> => removeScratch(scratch);
  try {
    await runProgram("edge-agent", ["enrol", "--data", folder, "--cloud", url, "--code", await cloud.enrolCode(name)]);
    if (sales > 0) await runScript(new URL("../drain/fill.ts", import.meta.url), { folder, sales }, FILL_MS);
    return { folder, name, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

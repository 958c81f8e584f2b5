import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { until } from "../measure/time-limit.ts";
import type { BenchProcess } from "../processes/child.ts";
import { startProgram } from "./programs.ts";

let folder: string;
let cloud: BenchProcess | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tillsync-bundle-"));
});
afterEach(async () => {
  await cloud?.stop();
  rmSync(folder, { recursive: true, force: true });
});

it("the bundled cloud starts and answers, with every connector in it", async () => {
  let said = "";
  cloud = await startProgram("cloud-sync", ["serve", "--data", join(folder, "cloud"), "--port", "0", "--json"]);
  cloud.process.stdout?.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const url = await until(60_000, 50, "the cloud's address", () => Promise.resolve(/"url":"([^"]+)"/.exec(said)?.[1]));
  expect((await fetch(`${url}/ready`)).status).toBe(200);
});

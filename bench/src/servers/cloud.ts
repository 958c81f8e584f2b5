import { join } from "node:path";
import { until } from "../measure/time-limit.ts";
import type { BenchProcess } from "../processes/child.ts";
import { cpuMsOf, memoryOf } from "../processes/proc.ts";
import { makeScratch, removeScratch } from "../processes/scratch.ts";
import { freePort } from "./free-port.ts";
import { runProgram, startProgram } from "./programs.ts";

/** The embedded database makes its cluster at the first start. */
const START_MS = 90_000;

/** A real `cloud-sync serve` on loopback. */
export interface Cloud {
  readonly url: string;
  readonly folder: string;
  /** Makes a code for a terminal of store `bench`. */
  enrolCode(terminal: string): Promise<string>;
  status(): Promise<unknown>;
  /** The most memory that the server's own process has held, its database left out. */
  peakRssBytes(): Promise<number | null>;
  /** Processor time of its own process so far. */
  cpuMs(): Promise<number | null>;
  stop(): Promise<void>;
}

/** Starts a cloud on the database named, or on the embedded one of its own. */
export async function startCloud(databaseUrl: string | undefined): Promise<Cloud> {
  const folder = await makeScratch("cloud");
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const where = ["--data", join(folder, "data"), ...(databaseUrl === undefined ? [] : ["--database-url", databaseUrl])];
  const server = await startProgram("cloud-sync", ["serve", "--port", String(port), ...where]);
  const stop = async (): Promise<void> => {
    await server.stop();
    await removeScratch(folder);
  };
  try {
    await until(START_MS, 50, "starting cloud-sync", () => isReady(url, server));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url,
    folder,
    enrolCode: async (terminal) => {
      const answer: unknown = JSON.parse(
        await runProgram("cloud-sync", ["enrol-code", ...where, "--store", "bench", "--terminal", terminal, "--json"]),
      );
      if (typeof answer === "object" && answer !== null && "code" in answer && typeof answer.code === "string") return answer.code;
      throw new Error("enrol-code told no code");
    },
    status: async () => JSON.parse(await runProgram("cloud-sync", ["status", ...where, "--json"])),
    peakRssBytes: async () => (await memoryOf(server.pid))?.peakRssBytes ?? null,
    cpuMs: () => cpuMsOf(server.pid),
    stop,
  };
}

async function isReady(url: string, server: BenchProcess): Promise<true | undefined> {
  if (server.process.exitCode !== null) throw new Error(`cloud-sync ended: ${server.text().trim()}`);
  const answer = await fetch(`${url}/ready`).catch(() => undefined);
  await answer?.body?.cancel();
  return answer?.ok === true ? true : undefined;
}

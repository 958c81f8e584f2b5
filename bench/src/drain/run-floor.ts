import { startScript, runScript } from "../processes/child.ts";
import { cpuMsOf } from "../processes/proc.ts";
import { makeScratch, removeScratch } from "../processes/scratch.ts";
import type { PostgresServer } from "../servers/postgres.ts";
import { countCpu, type CpuCost } from "./cpu-cost.ts";

const STEP_MS = 300_000;

/** What one drain measured. */
export interface DrainResult {
  readonly salesPerSecond: number;
  readonly edgePeakRssBytes: number | null;
  readonly serverPeakRssBytes: number | null;
  readonly cpu: CpuCost;
  /** Bytes of the request bodies per sale, where the far end counts them. */
  readonly bodyBytesPerSale?: number;
}

interface EdgeEnd {
  readonly elapsedMs: number;
  readonly cpuMs: number;
  readonly acked: number;
  readonly peakRssBytes: number;
}
interface ServerEnd {
  readonly stored: number;
  readonly bodyBytes: number;
  readonly peakRssBytes: number;
}

/**
 * One run of an edge script against the bare server on a fresh database. Fails unless every sale is there at the end.
 * `edge` gets `{folder, url, sales, ...more}` and answers `{elapsedMs, acked, peakRssBytes}`; `fill`, if there is one,
 * fills the folder before, in a process of its own.
 */
export async function drainToBareServer(
  postgres: PostgresServer,
  name: string,
  edge: URL,
  sales: number,
  { fill, ...more }: { readonly fill?: URL; readonly as?: string } = {},
): Promise<DrainResult> {
  const folder = await makeScratch(name);
  const databaseUrl = await postgres.createDatabase(name);
  const server = startScript(new URL("./floor-server.ts", import.meta.url), { databaseUrl });
  try {
    if (fill !== undefined) await runScript(fill, { folder, sales }, STEP_MS);
    const { url } = (await server.next(STEP_MS)) as { url: string };
    const spent = await countCpu({ cpuMs: () => cpuMsOf(server.pid) }, postgres);
    const end = await runScript<EdgeEnd>(edge, { folder, url, sales, ...more }, STEP_MS);
    const cpu = await spent(end.cpuMs, sales);
    server.send({ stop: true });
    const far = (await server.next(STEP_MS)) as ServerEnd;
    if (end.acked !== sales || far.stored !== sales)
      throw new Error(`${name}: ${end.acked} acknowledged and ${far.stored} stored of ${sales}`);
    return {
      salesPerSecond: (sales / end.elapsedMs) * 1_000,
      edgePeakRssBytes: end.peakRssBytes,
      serverPeakRssBytes: far.peakRssBytes,
      cpu,
      bodyBytesPerSale: far.bodyBytes / sales,
    };
  } finally {
    await server.stop();
    await postgres.dropDatabase(name);
    await removeScratch(folder);
  }
}

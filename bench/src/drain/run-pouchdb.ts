import { runScript, startScript } from "../processes/child.ts";
import { cpuMsOf } from "../processes/proc.ts";
import { makeScratch, removeScratch } from "../processes/scratch.ts";
import { countCpu } from "./cpu-cost.ts";
import type { DrainResult } from "./run-floor.ts";

const STEP_MS = 300_000;
const PEERS = new URL("../../peers/", import.meta.url);

/** One run of PouchDB to express-pouchdb, which brings its own store: LevelDB, not PostgreSQL. */
export async function drainPouchDb(sales: number): Promise<DrainResult> {
  const [edgeFolder, serverFolder] = [await makeScratch("pouchdb-edge"), await makeScratch("pouchdb-server")];
  const server = startScript(new URL("pouchdb-server.mjs", PEERS), { folder: serverFolder });
  try {
    const { url } = (await server.next(STEP_MS)) as { url: string };
    const spent = await countCpu({ cpuMs: () => cpuMsOf(server.pid) }, undefined);
    const end = await runScript<{ elapsedMs: number; cpuMs: number; acked: number; peakRssBytes: number }>(
      new URL("pouchdb.mjs", PEERS),
      { folder: edgeFolder, url, sales },
      STEP_MS,
    );
    const cpu = await spent(end.cpuMs, sales);
    server.send({ stop: true });
    const far = (await server.next(STEP_MS)) as { stored: number; peakRssBytes: number };
    if (end.acked !== sales || far.stored !== sales) throw new Error(`${end.acked} written and ${far.stored} stored of ${sales}`);
    return {
      salesPerSecond: (sales / end.elapsedMs) * 1_000,
      edgePeakRssBytes: end.peakRssBytes,
      serverPeakRssBytes: far.peakRssBytes,
      cpu,
    };
  } finally {
    await server.stop();
    await removeScratch(edgeFolder);
    await removeScratch(serverFolder);
  }
}

import Database from "better-sqlite3";
import { setTimeout as sleep } from "node:timers/promises";
import { join } from "node:path";
import { memoryOf } from "../processes/proc.ts";

/** How a backlog went down, seen from outside. */
export interface DrainWatched {
  /** From the first acknowledgement that was seen to the last. */
  readonly salesPerSecond: number;
  /** Memory of the agent at each tenth of the backlog. */
  readonly rssBytes: readonly number[];
  readonly peakRssBytes: number | null;
}

const TENTHS = 10;

/** Reads the agent's own record of what was acknowledged, beside it, until all `sales` are. Throws after `timeoutMs`. */
export async function watchDrain(folder: string, pid: number, sales: number, timeoutMs: number, everyMs: number): Promise<DrainWatched> {
  const db = new Database(join(folder, "agent.sqlite"), { readonly: true });
  const acked = db.prepare<[], { seq: number }>("SELECT coalesce(max(acked_seq), 0) AS seq FROM upstream WHERE name = 'cloud'");
  const deadline = performance.now() + timeoutMs;
  const rssBytes: number[] = [];
  let first: { seq: number; atMs: number } | undefined;
  try {
    for (;;) {
      const seq = acked.get()?.seq ?? 0;
      const atMs = performance.now();
      if (seq > 0) first ??= { seq, atMs };
      while (rssBytes.length < Math.floor((seq / sales) * TENTHS)) rssBytes.push((await memoryOf(pid))?.rssBytes ?? Number.NaN);
      if (seq >= sales && first !== undefined) {
        const salesPerSecond = ((seq - first.seq) / (atMs - first.atMs)) * 1_000;
        return { salesPerSecond, rssBytes, peakRssBytes: (await memoryOf(pid))?.peakRssBytes ?? null };
      }
      if (atMs > deadline) throw new Error(`${seq} of ${sales} acknowledged after ${Math.round(timeoutMs / 1_000)} s`);
      await sleep(everyMs);
    }
  } finally {
    db.close();
  }
}

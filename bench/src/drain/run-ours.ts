import { Client } from "pg";
import { until } from "../measure/time-limit.ts";
import { runScript } from "../processes/child.ts";
import { startCloud } from "../servers/cloud.ts";
import type { PostgresServer } from "../servers/postgres.ts";
import { makeTerminal } from "../servers/terminal.ts";
import { countCpu } from "./cpu-cost.ts";
import type { DrainResult } from "./run-floor.ts";

/** The bounds that `edge-agent run` gives its own process; see `apps/edge-agent/bin`. */
const HEAP_FLAGS = ["--max-semi-space-size=2", "--max-old-space-size=256"];
const PROJECTED_MS = 600_000;
const LOOK_EVERY_MS = 20;
/** Slower than this is a failure, not a figure. */
const SALES_A_SECOND_MIN = 500;

export interface OursResult extends DrainResult {
  /** From the start of sending until the transactions read model has them too; `null` where it was not looked at. */
  readonly projectedPerSecond: number | null;
  /** Share of the sales that the read model had when the last one was acknowledged: work that the drain paid for too. */
  readonly projectedWhenAcked: number | null;
}

interface EdgeEnd {
  readonly elapsedMs: number;
  readonly cpuMs: number;
  readonly startedAtMs: number;
  readonly acked: number;
  readonly peakRssBytes: number;
  readonly warnings: readonly string[];
}

/** One drain by the real programs: on a fresh database of `postgres`, or on the cloud's embedded one. */
export async function drainOurs(postgres: PostgresServer | "embedded", name: string, sales: number): Promise<OursResult> {
  const databaseUrl = postgres === "embedded" ? undefined : await postgres.createDatabase(name);
  try {
    return await drainThrough(databaseUrl, postgres === "embedded" ? undefined : postgres, sales);
  } finally {
    if (postgres !== "embedded") await postgres.dropDatabase(name);
  }
}

async function drainThrough(databaseUrl: string | undefined, postgres: PostgresServer | undefined, sales: number): Promise<OursResult> {
  const cloud = await startCloud(databaseUrl);
  try {
    const terminal = await makeTerminal(cloud, cloud.url, sales);
    try {
      const timeoutMs = 30_000 + (sales / SALES_A_SECOND_MIN) * 1_000;
      const spent = await countCpu(cloud, postgres);
      const end = await runScript<EdgeEnd>(
        new URL("./ours.ts", import.meta.url),
        { folder: terminal.folder, timeoutMs },
        timeoutMs + 30_000,
        HEAP_FLAGS,
      );
      const cpu = await spent(end.cpuMs, sales);
      if (end.acked !== sales || end.warnings.length > 0) throw new Error(`${end.acked} of ${sales}, ${end.warnings.join("; ")}`);
      const projected = databaseUrl === undefined ? undefined : await watchProjection(databaseUrl, sales);
      return {
        salesPerSecond: (sales / end.elapsedMs) * 1_000,
        projectedPerSecond: projected === undefined ? null : (sales / (projected.atMs - end.startedAtMs)) * 1_000,
        projectedWhenAcked: projected?.shareBefore ?? null,
        edgePeakRssBytes: end.peakRssBytes,
        serverPeakRssBytes: await cloud.peakRssBytes(),
        cpu,
      };
    } finally {
      await terminal.remove();
    }
  } finally {
    await cloud.stop();
  }
}

/** Share of `sales` in the transactions read model now, and the moment at which it has all of them, as many receipts. */
async function watchProjection(databaseUrl: string, sales: number): Promise<{ shareBefore: number; atMs: number }> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  const position = async (): Promise<number> => {
    const { rows } = await client.query<{ pos: string }>("SELECT max(pos) AS pos FROM subscriber_cursor WHERE subscriber = 'transactions'");
    return Number(rows[0]?.pos);
  };
  try {
    const shareBefore = (await position()) / sales;
    const all = async (): Promise<number | undefined> => ((await position()) >= sales ? Date.now() : undefined);
    const atMs = await until(PROJECTED_MS, LOOK_EVERY_MS, "projecting the transactions", all);
    const { rows } = await client.query<{ n: string }>("SELECT count(*) AS n FROM transaction");
    if (Number(rows[0]?.n) !== sales) throw new Error(`${rows[0]?.n} transactions of ${sales} sales`);
    return { shareBefore, atMs };
  } finally {
    await client.end();
  }
}

import { TillsyncError } from "@tillsync/sync-protocol";
import { hostname } from "node:os";
import { createLogger } from "../../config/logger.ts";
import { runNow } from "../../feeds/run-now.ts";
import { systemPorts } from "../../subscribers/ports.ts";
import { databaseFlags, sealOf } from "../destinations/flags.ts";
import { readCount } from "../read-count.ts";
import { withDatabase } from "../with-database.ts";
import { wakeFeeds, type Values } from "./flags.ts";

const WAIT_S = 120;
const WAIT_MAX_S = 86_400;

export async function run(values: Values, name: string): Promise<number> {
  const waitMs = readCount(values.wait, "wait", WAIT_S, WAIT_MAX_S) * 1_000;
  const seal = await sealOf(values);
  const end = await withDatabase(databaseFlags(values), async (db) => {
    const deps = { db, ports: systemPorts, log: createLogger(process.env, "warn"), owner: `${hostname()}:command:${process.pid}`, seal };
    return runNow(deps, name, { full: values.full, allowDeletions: values["allow-deletions"], waitMs, wake: () => wakeFeeds(db) });
  });
  if (end.outcome !== "done") throw new TillsyncError(end.code ?? "feed.failed", end.detail);
  if (values.json) console.log(JSON.stringify({ feed: name, ...end }));
  else
    console.log(
      `${name}: ${end.read} records read, ${end.changed} documents changed, ${end.deleted} deleted, ${end.refused} records refused` +
        (end.code === undefined ? "" : `; ${end.code}: ${end.detail ?? ""}`),
    );
  return 0;
}

import { setTimeout as delay } from "node:timers/promises";
import { TillsyncError } from "@tillsync/sync-protocol";
import type { ConnectorPorts } from "../../connectors/connector.ts";
import { testDestination } from "../../destinations/test-destination.ts";
import { withDatabase } from "../with-database.ts";
import { databaseFlags, type Values } from "./flags.ts";
import { nameOrFile } from "./name-or-file.ts";

/** One call by hand needs no leave of the workers' rate limit. */
const byHand: ConnectorPorts = {
  nowMs: () => Date.now(),
  random: () => Math.random(),
  sleep: (ms) => delay(ms),
  permit: () => Promise.resolve(true),
  noteRate: () => undefined,
};

export async function test(values: Values, subject: string): Promise<number> {
  const { name, outcome } = await withDatabase(databaseFlags(values), async (db) => {
    const { file, key } = await nameOrFile(db, values, subject);
    return { name: file.common.name, outcome: await testDestination(db, file, key, byHand) };
  });
  if (outcome.kind === "failed") throw new TillsyncError(outcome.code, outcome.detail);
  if (values.json) console.log(JSON.stringify({ destination: name, ...outcome }));
  else console.log(`${name} ${outcome.kind === "ready" ? "is ready" : "was not tested"}: ${outcome.detail}`);
  return 0;
}

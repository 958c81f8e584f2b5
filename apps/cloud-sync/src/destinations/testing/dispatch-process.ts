/*
 * A process of its own that dispatches to an HTTP receiver in another one: `node dispatch-process.ts '{...}'`. It shares
 * its destinations with others as a cloud does, says on standard output what became of its writes, and ends in order on SIGTERM.
 */
import { pino } from "pino";
import { z } from "zod";
import type { ConnectorSession, DeliveryItem } from "../../connectors/connector.ts";
import type { Database, Queryable } from "../../db/database.ts";
import { openPostgres } from "../../db/postgres.ts";
import { createWake } from "../../event-log/wake.ts";
import { LeaseLost } from "../../subscribers/cursor.ts";
import { createLeaseShare } from "../../subscribers/lease-share.ts";
import { systemPorts } from "../../subscribers/ports.ts";
import { recordingLog } from "../../subscribers/testing/quiet.ts";
import { dispatchShard } from "../dispatch-shard.ts";
import { openGate } from "../gate.ts";
import type { Line } from "../line.ts";
import { createLogPages } from "../log-pages.ts";
import { shareDestinations } from "../share-destinations.ts";
import { everythingOn, type DispatchDeps } from "../worker.ts";
import { fileOf, quickRetry } from "./run-dispatcher.ts";

const givenSchema = z.object({
  databaseUrl: z.string(),
  receiverUrl: z.string(),
  owner: z.string(),
  destinations: z.array(z.string()),
  /** False: it goes by no lease, neither before it sends nor before it writes. */
  fencing: z.boolean(),
  sendMs: z.number(),
});
export type DispatchProcessInput = z.infer<typeof givenSchema>;

/** A line of what it says. */
export interface Told {
  readonly event: "begins" | "wrote" | "lost";
  readonly destination: string;
  /** Counts the writes of a destination. */
  readonly write: number;
}

const answerSchema = z.object({ vendorId: z.string().optional() });

const given = givenSchema.parse(JSON.parse(process.argv[2] ?? ""));
const stopping = new AbortController();
process.once("SIGTERM", () => stopping.abort());
const db = await openPostgres({ url: given.databaseUrl }, pino({ level: "silent" }));
const share = createLeaseShare();
// Without chance: it asks for a lease as often as it may.
const ports = { ...systemPorts, random: () => 0 };
const deps: DispatchDeps = { db, wake: createWake(), pages: createLogPages(), ports, log: recordingLog(), owner: given.owner, share };
const sharing = await shareDestinations(deps, share, stopping.signal);
const controls = { ...everythingOn, fencing: given.fencing };
await Promise.all(
  given.destinations.map((name) => dispatchShard({ ...deps, db: watched(name) }, lineTo(name), "main", stopping.signal, controls)),
);
await sharing.done;
await db.close();

/** No deadline of its own: the worst that a connector may be. */
function lineTo(name: string): Line {
  const ask = async (what: "look-up" | "send", item: DeliveryItem): Promise<string | undefined> => {
    const { identity, orderingKey, tpos } = item;
    const body = JSON.stringify({ from: given.owner, identity, orderingKey, tpos });
    const answer = await fetch(`${given.receiverUrl}/${name}/${what}`, { method: "POST", body });
    return answerSchema.parse(await answer.json()).vendorId;
  };
  const session: ConnectorSession = {
    lookUp: async (item) => {
      const vendorId = await ask("look-up", item);
      return vendorId === undefined ? { kind: "absent" } : { kind: "found", vendorId };
    },
    send: async (item) => ({ kind: "delivered", vendorId: (await ask("send", item)) ?? "" }),
    close: () => Promise.resolve(),
  };
  return {
    name,
    config: fileOf({ name, concurrency: 4, retry: { ...quickRetry, settleMs: 100 } }).common,
    repeatability: { by: "lookup-first" },
    capabilities: { categories: ["sales"], lookUp: true, batchItemsMax: 1, needsCause: false },
    session,
    sendMs: given.sendMs,
    gate: openGate,
    state: "active",
    reason: undefined,
  };
}

interface LeaseRow {
  fence?: number;
  taken_over?: boolean;
  reader?: string;
}

/** Tells when a write begins, and whether it was done or fenced off. Without fencing, whatever fence is read is taken for its own. */
function watched(destination: string): Database {
  let own = 0;
  const look = <Row>(rows: Row[]): Row[] => {
    for (const row of rows as LeaseRow[]) {
      if (row.taken_over !== undefined) own = row.fence ?? own;
      else if (!given.fencing && row.reader !== undefined) row.fence = own;
    }
    return rows;
  };
  let writes = 0;
  const tell = (event: Told["event"], write: number): void => {
    const told: Told = { event, destination, write };
    process.stdout.write(`${JSON.stringify(told)}\n`);
  };
  const watchedIn = (inner: Queryable): Queryable => ({ ...inner, query: async (statement) => look(await inner.query(statement)) });
  return {
    ...db,
    ...watchedIn(db),
    transaction: async (work) => {
      const write = (writes += 1);
      tell("begins", write);
      try {
        const done = await db.transaction((tx) => work(watchedIn(tx)));
        tell("wrote", write);
        return done;
      } catch (error) {
        if (error instanceof LeaseLost) tell("lost", write);
        throw error;
      }
    },
  };
}

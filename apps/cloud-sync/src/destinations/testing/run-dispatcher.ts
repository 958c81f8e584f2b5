import type { ConnectorSession } from "../../connectors/connector.ts";
import type { Database } from "../../db/database.ts";
import { sql } from "../../db/sql.ts";
import { createWake } from "../../event-log/wake.ts";
import { systemPorts, type BackgroundPorts } from "../../subscribers/ports.ts";
import { recordingLog } from "../../subscribers/testing/quiet.ts";
import { checkDestination } from "../destination-file.ts";
import { addDestination } from "../destination.ts";
import { dispatchShard } from "../dispatch-shard.ts";
import { openGate } from "../gate.ts";
import type { Line } from "../line.ts";
import { createLogPages } from "../log-pages.ts";
import { createSeal } from "../seal.ts";
import { type Controls, type DispatchDeps } from "../worker.ts";
import type { FakeReceiver } from "./fake-receiver.ts";

export const SECRET = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
export const testSeal = createSeal(Buffer.alloc(32, 1));

/** Retries quickly, parks after a few: the defaults' rules on a smaller scale. */
export const quickRetry = { baseMs: 10, capMs: 40, breakerCapMs: 20, probeMs: 30, maxAttempts: 50 };

export const fileOf = (extra: object = {}) =>
  checkDestination({
    name: "erp",
    kind: "webhook",
    url: "http://127.0.0.1:9/",
    secret: SECRET,
    allowPrivateNetwork: true,
    retry: quickRetry,
    ...extra,
  });

export const addErp = (db: Database, extra: object = {}): Promise<void> => addDestination(db, fileOf(extra), testSeal, 1);

/** A line to a receiver in memory, as `openLine` makes one to a real one. */
export const lineTo = (receiver: FakeReceiver, extra: object = {}): Line => ({
  name: "erp",
  config: fileOf(extra).common,
  repeatability: receiver.repeatability,
  capabilities: receiver.capabilities,
  session: receiver.session,
  sendMs: 30_000,
  gate: openGate,
  state: "active",
  reason: undefined,
});

/**
 * Starts a dispatcher of its own life; `stop` ends it in order, `kill` as a crash does: nothing more is recorded. Between
 * `freeze` and `thaw` it gets nothing from the database.
 */
export function startDispatcher(db: Database, line: Line, options: Partial<Controls> & { ports?: BackgroundPorts; owner?: string } = {}) {
  const stopping = new AbortController();
  const log = recordingLog();
  const wake = createWake();
  let dead = false;
  let frozen = Promise.withResolvers<void>();
  frozen.resolve();
  const alive = async <T>(ask: () => Promise<T>): Promise<T> => {
    await frozen.promise;
    return dead ? new Promise<never>(() => undefined) : ask();
  };
  const mortal: Database = {
    ...db,
    query: (statement) => alive(() => db.query(statement)),
    transaction: (work) => alive(() => db.transaction(work)),
  };
  // What a dead process has under way may still reach the receiver; nothing new does.
  const never = new Promise<never>(() => undefined);
  const { session } = line;
  const mortalSession: ConnectorSession = {
    ...session,
    send: (item, context) => (dead ? never : session.send(item, context)),
    ...(session.lookUp === undefined ? {} : { lookUp: (item, context) => (dead ? never : (session.lookUp?.(item, context) ?? never)) }),
  };
  const pages = createLogPages();
  const deps: DispatchDeps = { db: mortal, wake, pages, ports: options.ports ?? systemPorts, log, owner: options.owner ?? "test" };
  const running = dispatchShard(deps, { ...line, session: mortalSession }, "main", stopping.signal, controlsIn(options));
  return {
    log,
    wake,
    stop: async (): Promise<void> => {
      stopping.abort();
      await running;
    },
    freeze: (): void => {
      frozen = Promise.withResolvers();
    },
    thaw: (): void => frozen.resolve(),
    kill: (): void => {
      dead = true;
      stopping.abort();
    },
  };
}

const controlsIn = ({ keyOrder = true, fencing = true, lookUp = true }: Partial<Controls>): Controls => ({ keyOrder, fencing, lookUp });

export interface Picture {
  delivered: number;
  exceptions: number;
  cursor: number;
}

export async function picture(db: Database): Promise<Picture> {
  const rows = await db.query<Picture>(sql`
    SELECT (SELECT count(*) FROM receipt WHERE destination = 'erp' AND outcome = 'delivered') AS delivered,
      (SELECT count(*) FROM delivery WHERE destination = 'erp') AS exceptions,
      coalesce((SELECT pos FROM subscriber_cursor WHERE subscriber = 'destination:erp'), 0) AS cursor`);
  return rows[0] ?? { delivered: 0, exceptions: 0, cursor: 0 };
}

/** Waits until `done` says so; fails after `maxMs` with the last picture. */
export async function until(db: Database, done: (now: Picture) => boolean, maxMs = 15_000): Promise<Picture> {
  for (const end = Date.now() + maxMs; ;) {
    const now = await picture(db);
    if (done(now)) return now;
    if (Date.now() > end) throw new Error(`waited in vain: ${JSON.stringify(now)}`);
    await systemPorts.sleep(5);
  }
}

import { encodeEntry, type Epoch, type TerminalId } from "@tillsync/sync-protocol";
import { zstdCompressSync } from "node:zlib";
import type { Database } from "../../../apps/cloud-sync/src/db/database.ts";
import { sql } from "../../../apps/cloud-sync/src/db/sql.ts";
import { appendSegment } from "../../../apps/cloud-sync/src/event-log/append.ts";
import { createWake } from "../../../apps/cloud-sync/src/event-log/wake.ts";
import { readCursor } from "../../../apps/cloud-sync/src/subscribers/cursor.ts";
import { systemPorts } from "../../../apps/cloud-sync/src/subscribers/ports.ts";
import { runSubscriber } from "../../../apps/cloud-sync/src/subscribers/run-subscriber.ts";
import { TRANSACTIONS } from "../../../apps/cloud-sync/src/transactions/subscriber-name.ts";
import { transactionsSubscriber } from "../../../apps/cloud-sync/src/transactions/transactions-subscriber.ts";
import { until } from "../measure/time-limit.ts";

/** Entries of a stored batch: as many as the agent sends at once. */
const BATCH = 500;
const PROJECT_MS = 600_000;
const RECEIVED_AT_MS = Date.UTC(2026, 10, 20);
/** Nobody checks the chain here; what follows the log reads it as it would any other. */
const ZERO = new Uint8Array(32);

export const quiet = {
  info: () => undefined,
  warn: () => undefined,
  error: (detail: object, message: string) => console.error(message, detail),
};

/** Stores the bodies as transaction entries of one till, in batches as they travel, and takes them up into the read model. */
export async function fillLog(db: Database, bodies: readonly unknown[]): Promise<void> {
  const terminal = "bench-till" as TerminalId;
  const epoch = 1 as Epoch;
  await db.query(sql`INSERT INTO store (store_id, shard) VALUES ('bench', 'main')`);
  await db.query(sql`INSERT INTO terminal (terminal_id, store_id) VALUES (${terminal}, 'bench')`);
  await db.query(sql`INSERT INTO journal (terminal_id, epoch, seq, hash, updated_at_ms) VALUES (${terminal}, ${epoch}, 0, ${ZERO}, 0)`);
  for (let start = 0; start < bodies.length; start += BATCH) {
    const part = bodies.slice(start, start + BATCH);
    const lines = part.map((body, i) => encodeEntry({ seq: start + i + 1, hlc: "018f00000000.0000", type: "transaction", body }));
    const plain = Buffer.from(["{}", ...lines, ""].join("\n"));
    await db.transaction((tx) =>
      appendSegment(tx, {
        shard: "main",
        terminal,
        epoch,
        firstSeq: start + 1,
        entries: part.length,
        previousHash: ZERO,
        lastHash: ZERO,
        headSignature: new Uint8Array(64),
        encoding: "zstd",
        plainBytes: plain.length,
        skipLines: 1,
        body: zstdCompressSync(plain),
        receivedAtMs: RECEIVED_AT_MS,
      }),
    );
  }
  await project(db, bodies.length);
}

async function project(db: Database, entries: number): Promise<void> {
  const stop = new AbortController();
  const wake = createWake();
  const deps = { db, wake, ports: systemPorts, log: quiet, owner: "bench", makeWay: () => Promise.resolve() };
  const running = runSubscriber(deps, transactionsSubscriber(db, wake, systemPorts), "main", stop.signal);
  await until(PROJECT_MS, 50, "taking up the log", async () =>
    (await readCursor(db, TRANSACTIONS, "main")) === entries ? true : undefined,
  );
  stop.abort();
  await running;
}

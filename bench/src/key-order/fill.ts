/* Fills a cloud's log with sales and, in rounds, returns of each: `perKey` items that have to be delivered in their order. */
import { transactionSchema } from "@tillsync/sync-protocol";
import { openPostgres } from "../../../apps/cloud-sync/src/db/postgres.ts";
import { migrate } from "../../../apps/cloud-sync/src/db/migrate.ts";
import { fillLog, quiet } from "../fan-out/fill-log.ts";
import { done, input, tell } from "../processes/worker.ts";

const { databaseUrl, keys, perKey } = input<{ databaseUrl: string; keys: number; perKey: number }>();

const identity = (sequence: string) => ({ store: "9", workstation: "31", businessDay: "2026-11-20", sequence });
const capture = { adapter: "poslog@1.0.0", source: { kind: "file", name: "day.xml" } };

function receipt(key: number, round: number): object {
  const [amount, count] = round === 0 ? [String(perKey * 100), String(perKey)] : ["-100", "-1"];
  const line = {
    line: 1,
    action: round === 0 ? "sale" : "return",
    itemType: "stock",
    itemId: "apple",
    quantity: { value: count, uom: "EA" },
    extendedAmount: amount,
    ...(round === 0 ? {} : { returnOf: identity(`k${key}`) }),
  };
  const transaction = {
    schemaVersion: 1,
    transactionType: "RetailTransaction",
    identity: identity(round === 0 ? `k${key}` : `k${key}-${round}`),
    status: "completed",
    currency: "USD",
    exponent: 2,
    lines: [line],
    tenders: [{ line: 2, type: "cash", use: "sale", amount }],
    reported: { grand: amount },
    computed: { lines: amount, adjustments: "0", exclusiveTax: "0", grand: amount, tenders: amount },
    balance: { state: "ok" },
  };
  // As an adapter gives it.
  return { capture, revision: 1, transaction: transactionSchema.parse(transaction) };
}

const db = await openPostgres({ url: databaseUrl }, quiet as never);
await migrate(db);
await fillLog(
  db,
  Array.from({ length: keys * perKey }, (_, i) => receipt(i % keys, Math.floor(i / keys))),
);
await db.script("VACUUM ANALYZE");
await db.close();
await tell({ filled: keys * perKey });
done();

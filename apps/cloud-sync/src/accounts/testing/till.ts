import { accountKey, QUOTAS_SETTING, type Account } from "@tillsync/sync-protocol";
import type { Database } from "../../db/database.ts";
import { sql } from "../../db/sql.ts";
import { createWake } from "../../event-log/wake.ts";
import { readCursor } from "../../subscribers/cursor.ts";
import { systemPorts } from "../../subscribers/ports.ts";
import type { SubscriberDeps } from "../../subscribers/run-subscriber.ts";
import { recordingLog } from "../../subscribers/testing/quiet.ts";
import { appendDrafts } from "../../transactions/testing/append-drafts.ts";
import { transactionDraft, type Draft } from "../../transactions/testing/make-transaction.ts";
import { runToEnd } from "../../transactions/testing/run-to-end.ts";
import { ACCOUNTS, runAccounts } from "../run-accounts.ts";

export const CARD: Account = { kind: "giftCard", id: "card-1" };

export interface ValueWish {
  readonly kind?: "redeemed" | "refunded" | "returned" | "toppedUp";
  readonly account?: Account;
  readonly amount: string;
  readonly unit?: string;
  readonly id: string;
  readonly epoch?: number;
  readonly atRisk?: string;
  readonly of?: string;
  readonly terminal?: string;
  /** The store's name in the receipt's identity. */
  readonly store?: string;
}

/** An entry of stored value as an agent writes it. */
export function valueDraft(wish: ValueWish, revision = 1): Draft {
  const kind = wish.kind ?? "redeemed";
  const account = wish.account ?? CARD;
  const epoch = wish.epoch ?? 1;
  return transactionDraft(
    {
      transactionType: "StoredValue",
      schemaVersion: 1,
      identity: {
        store: wish.store ?? "9",
        workstation: wish.terminal ?? "till-1",
        businessDay: "2026-11-20",
        sequence: `sv.${epoch}.${kind[0] ?? ""}${wish.id}`,
      },
      status: "completed",
      storedValue: {
        kind,
        account,
        amount: wish.amount,
        unit: wish.unit ?? "EUR",
        redemptionId: wish.id,
        epoch,
        ...(kind === "redeemed" ? { policy: wish.atRisk === undefined ? "leased" : "atRisk" } : {}),
        ...(wish.atRisk === undefined ? {} : { atRisk: wish.atRisk }),
        ...(wish.of === undefined ? {} : { of: wish.of }),
      },
    },
    revision,
  );
}

/** Appends entries of one terminal and folds them. */
export async function tell(db: Database, terminal: string, ...wishes: ValueWish[]): Promise<void> {
  await appendDrafts(
    db,
    { terminal },
    wishes.map((wish) => valueDraft({ terminal, ...wish })),
  );
  await foldToEnd(db);
}

/** Runs the read model, then the accounts' reader, until both stand at their log's end. */
export async function foldToEnd(db: Database, work: typeof runAccounts = runAccounts): Promise<void> {
  await runToEnd(db);
  const stop = new AbortController();
  const deps: SubscriberDeps = {
    db,
    wake: createWake(),
    ports: systemPorts,
    log: recordingLog(),
    owner: "test",
    makeWay: () => Promise.resolve(),
  };
  const running = work(deps, "main", stop.signal);
  const ends = await db.query<{ last: number }>(sql`SELECT coalesce(max(tpos), 0) AS last FROM transaction WHERE shard = 'main'`);
  for (let tries = 0; tries < 2_000 && (await readCursor(db, ACCOUNTS, "main")) < (ends[0]?.last ?? 0); tries += 1)
    await systemPorts.sleep(5);
  stop.abort();
  await running;
}

/** What a terminal would be told of its quota, by `terminal:epoch`. */
export async function quotaDocuments(
  db: Database,
  account: Account = CARD,
): Promise<Record<string, { granted: string; recalled?: boolean; scope: string }>> {
  const rows = await db.query<{ scope: string; body: Record<string, unknown> }>(sql`
    SELECT scope, body FROM reference_document WHERE collection = 'quotas' AND body IS NOT NULL ORDER BY id`);
  return Object.fromEntries(
    rows
      .filter(({ body }) => accountKey(body["account"] as Account) === accountKey(account))
      .map(({ scope, body }) => [
        `${body["terminalId"] as string}:${body["epoch"] as number}`,
        { granted: body["granted"] as string, scope, ...(body["recalled"] === true ? { recalled: true } : {}) },
      ]),
  );
}

export const balanceDocument = async (
  db: Database,
  collection: "giftcards" | "members",
  id: string,
): Promise<Record<string, unknown> | undefined> => {
  const rows = await db.query<{ body: Record<string, unknown> | null }>(sql`
    SELECT body FROM reference_document WHERE collection = ${collection} AND id = ${id}`);
  return rows[0]?.body ?? undefined;
};

/** Puts the shop's policies where the cloud reads them. */
export async function setPolicies(db: Database, value: object): Promise<void> {
  const body = JSON.stringify({ id: QUOTAS_SETTING, value });
  await db.query(sql`
    INSERT INTO reference_document (collection, id, scope, version, schema_version, body, changed_at_ms)
    VALUES ('configuration', ${QUOTAS_SETTING}, 'all', 1, 1, ${body}::json, 0)
    ON CONFLICT (collection, id) DO UPDATE SET body = excluded.body`);
}

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { formatAmount, type Amount } from "@tillsync/sync-protocol";
import Database from "better-sqlite3";
import type { Books } from "./books.ts";
import { exponentOf, type SaleEvent } from "./event.ts";

/** `booked`; `duplicate`: seen before, nothing done; `outdated`: a newer revision is booked, kept for the record; `conflict`: the same revision with other content. */
type Outcome = "booked" | "duplicate" | "outdated" | "conflict";

interface LedgerSummary {
  /** Receipts that are sales by their newest revision. */
  readonly count: number;
  /** Grand totals of the newest revision of every receipt, as decimal text. */
  readonly grossByCurrency: Record<string, string>;
  readonly revisions: number;
  readonly duplicatesRefused: number;
  readonly conflicts: number;
}

/** The receiver's own books. One process per folder. */
export interface Ledger {
  /** Books an event once, however often it comes. On disk when this returns. */
  take(event: SaleEvent): Outcome;
  summary(): LedgerSummary & Record<string, unknown>;
  close(): void;
}

/**
 * `event` is the memory of what was seen: its two unique keys refuse a second webhook with the same id, and a second
 * one for the same receipt and revision. No currency: that revision is no sale. It is written in the transaction that books the receipt.
 */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS event (
    webhook_id TEXT PRIMARY KEY,
    natural_key TEXT NOT NULL,
    revision INTEGER NOT NULL,
    content_hash TEXT NOT NULL,
    currency TEXT,
    grand TEXT NOT NULL,
    UNIQUE (natural_key, revision)
  ) STRICT;
  CREATE TABLE IF NOT EXISTS counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;`;

export function openLedger(folder: string, books: Books): Ledger {
  mkdirSync(folder, { recursive: true });
  const database = new Database(join(folder, `${books.kind}.sqlite`));
  database.pragma("journal_mode = WAL");
  database.pragma("synchronous = FULL");
  database.exec(SCHEMA);
  database.exec(books.schema);
  const take = database.transaction((event: SaleEvent): Outcome => {
    const known = findKnown(database, event);
    if (known !== undefined) {
      const same = known.content_hash === event.contentHash && known.natural_key === event.key && known.revision === event.revision;
      countUp(database, same ? "duplicates" : "conflicts");
      return same ? "duplicate" : "conflict";
    }
    const newest = newestRevision(database, event.key);
    database
      .prepare("INSERT INTO event (webhook_id, natural_key, revision, content_hash, currency, grand) VALUES (?, ?, ?, ?, ?, ?)")
      .run(event.webhookId, event.key, event.revision, event.contentHash, event.sale?.currency ?? null, event.grand.toString());
    if (newest > event.revision) return "outdated";
    if (newest > 0) books.reverse(database, event.key, newest);
    if (event.sale !== undefined) books.book(database, { ...event, sale: event.sale });
    return "booked";
  });
  return {
    take: (event) => take.immediate(event),
    summary: () => ({ ...summarise(database), ...books.figures(database) }),
    close: () => database.close(),
  };
}

interface KnownRow {
  content_hash: string;
  natural_key: string;
  revision: number;
}

const findKnown = (database: Database.Database, event: SaleEvent): KnownRow | undefined =>
  database
    .prepare<[string, string, number], KnownRow>(
      "SELECT content_hash, natural_key, revision FROM event WHERE webhook_id = ? OR (natural_key = ? AND revision = ?) LIMIT 1",
    )
    .get(event.webhookId, event.key, event.revision);

/** 0 when the receipt is new. */
const newestRevision = (database: Database.Database, key: string): number =>
  database.prepare<[string], { newest: number | null }>("SELECT max(revision) AS newest FROM event WHERE natural_key = ?").get(key)
    ?.newest ?? 0;

function countUp(database: Database.Database, name: "duplicates" | "conflicts"): void {
  database.prepare("INSERT INTO counter (name, value) VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET value = value + 1").run(name);
}

function readCounter(database: Database.Database, name: "duplicates" | "conflicts"): number {
  return database.prepare<[string], { value: number }>("SELECT value FROM counter WHERE name = ?").get(name)?.value ?? 0;
}

function summarise(database: Database.Database): LedgerSummary {
  const gross = new Map<string, bigint>();
  let count = 0;
  let receipts = 0;
  const newest = database.prepare<[], { currency: string | null; grand: string; newest: number }>(
    "SELECT currency, grand, max(revision) AS newest FROM event GROUP BY natural_key",
  );
  for (const { currency, grand } of newest.iterate()) {
    receipts += 1;
    if (currency === null) continue;
    count += 1;
    gross.set(currency, (gross.get(currency) ?? 0n) + BigInt(grand));
  }
  const events = database.prepare<[], { n: number }>("SELECT count(*) AS n FROM event").get()?.n ?? 0;
  const byCurrency = [...gross].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return {
    count,
    grossByCurrency: Object.fromEntries(
      byCurrency.map(([code, minor]) => [code, formatAmount(minor.toString() as Amount, exponentOf(code))]),
    ),
    revisions: events - receipts,
    duplicatesRefused: readCounter(database, "duplicates"),
    conflicts: readCounter(database, "conflicts"),
  };
}

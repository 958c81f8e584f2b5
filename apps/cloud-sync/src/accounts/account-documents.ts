import { hash } from "node:crypto";
import {
  balanceOf,
  currencyExponent,
  currencySchema,
  documentIdSchema,
  documentSchemas,
  readDocument,
  storeScope,
  terminalScope,
  ALL,
  type Collection,
  type DocumentId,
  type ReferenceDocument,
  type Scope,
  type StoreId,
  type TerminalId,
} from "@tillsync/sync-protocol";
import type { Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import { lockDocuments } from "../reference/lock-documents.ts";
import { writeDocuments, type DocumentChange, type MovedHead } from "../reference/write-documents.ts";
import { countsOf, type AccountState, type LeaseState } from "./account-state.ts";
import { homeOf } from "./pre-lease.ts";

export interface ChangedAccount {
  readonly before: AccountState;
  readonly after: AccountState;
}

/**
 * Tells the terminals: each lease whose grant moved or that is recalled to its own terminal, the balance in the gift
 * card's or member's document. Other fields of those documents are left as they are. Gives the heads to announce after the
 * commit. The last work of a transaction: documents' locks come after the accounts'.
 */
export async function writeAccountDocuments(tx: Queryable, changed: readonly ChangedAccount[], nowMs: number): Promise<MovedHead[]> {
  const leases = changed.flatMap(({ before, after }) =>
    [...after.leases].filter(([key, lease]) => isNews(before.leases.get(key), lease)).map(([, lease]) => quotaChange(after, lease)),
  );
  const balances = changed.flatMap(({ after }) => balanceWish(after));
  await lockDocuments(tx, [...leases, ...balances]);
  const standing = await readStanding(tx, balances);
  const told = balances.flatMap((wish) => {
    const change = wish.change(standing.get(`${wish.collection} ${wish.id}`));
    return change === undefined ? [] : [{ collection: wish.collection, id: wish.id, ...change }];
  });
  return writeDocuments(tx, [...leases, ...told], nowMs);
}

const isNews = (before: LeaseState | undefined, lease: LeaseState): boolean =>
  before === undefined ? lease.granted > 0n : before.granted !== lease.granted || before.recalled !== lease.recalled;

function quotaChange(state: AccountState, lease: LeaseState): DocumentChange {
  const id = documentIdSchema.parse(quotaId(state, lease));
  const fields = documentSchemas.quotas.parse({
    id,
    terminalId: lease.terminal,
    epoch: lease.epoch,
    account: state.account,
    granted: String(lease.granted),
    unit: state.unit,
    ...(lease.recalled ? { recalled: true } : {}),
  });
  return { collection: "quotas", id, scope: terminalScope(lease.terminal as TerminalId), fields };
}

/** An account's id may be as long as a document's: a long one has its digest there. Who reads a quota reads its fields. */
function quotaId({ key }: AccountState, { terminal, epoch }: LeaseState): string {
  const id = `${terminal}:${epoch}:${key}`;
  return documentIdSchema.safeParse(id).success ? id : `${terminal}:${epoch}:${hash("sha256", key, "base64url")}`;
}

interface Standing {
  readonly scope: Scope;
  /** Null: deleted. */
  readonly body: Record<string, unknown> | null;
}

interface BalanceWish {
  readonly collection: Collection;
  readonly id: DocumentId;
  readonly change: (standing: Standing | undefined) => Pick<DocumentChange, "scope" | "fields"> | undefined;
}

/** Promised goods have no document with a balance: the stock's own is folded from movements. */
function balanceWish(state: AccountState): BalanceWish[] {
  const { kind, id } = state.account;
  if (kind === "stock") return [];
  const collection = kind === "giftCard" ? "giftcards" : "members";
  return [{ collection, id, change: (standing) => (kind === "giftCard" ? giftCard(state, standing) : member(state, standing)) }];
}

function giftCard(state: AccountState, standing: Standing | undefined): ReturnType<BalanceWish["change"]> {
  if (standing?.body === null) return undefined;
  const balance = String(balanceOf(countsOf(state)));
  const home = homeOf(state);
  const currency = currencySchema.safeParse(state.unit);
  const own = { id: state.account.id, currency: state.unit, exponent: currency.success ? currencyExponent(currency.data) : undefined };
  return checked("giftcards", standing?.scope ?? (home === undefined ? ALL : storeScope(home as StoreId)), {
    ...(standing?.body ?? own),
    balance,
  });
}

/** A member whom no one has told of yet gets no document for a balance alone. */
function member(state: AccountState, standing: Standing | undefined): ReturnType<BalanceWish["change"]> {
  if (standing === undefined || standing.body === null) return undefined;
  return checked("members", standing.scope, { ...standing.body, points: Number(balanceOf(countsOf(state))) });
}

/** A balance that no document can hold is in the account alone. */
function checked(collection: "giftcards" | "members", scope: Scope, fields: unknown): ReturnType<BalanceWish["change"]> {
  const parsed = documentSchemas[collection].safeParse(fields);
  return parsed.success ? { scope, fields: parsed.data as ReferenceDocument } : undefined;
}

async function readStanding(tx: Queryable, wishes: readonly BalanceWish[]): Promise<Map<string, Standing>> {
  if (wishes.length === 0) return new Map();
  const wanted = wishes.map(({ collection, id }) => ({ collection, id }));
  const rows = await tx.query<Standing & { collection: "giftcards" | "members"; id: string; schema_version: number }>(sql`
    SELECT d.collection, d.id, d.scope, d.body, d.schema_version FROM reference_document d
    JOIN json_to_recordset(${JSON.stringify(wanted)}::json) AS w (collection text, id text) USING (collection, id)`);
  return new Map(rows.map((row) => [`${row.collection} ${row.id}`, { scope: row.scope, body: row.body && lift(row.collection, row) }]));
}

/** A document of an older shape is written in today's; one that cannot be read stays as it is. */
function lift(collection: "giftcards" | "members", row: { id: string; schema_version: number } & Standing): Record<string, unknown> | null {
  try {
    return readDocument(collection, { ...row.body, id: row.id, schemaVersion: row.schema_version, version: 1, _deleted: false });
  } catch {
    return null;
  }
}

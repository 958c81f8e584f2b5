import { setImmediate as afterOthers } from "node:timers/promises";
import { naturalKey, type BusinessDay } from "@tillsync/sync-protocol";
import type { AgentStore } from "../store/agent-store.ts";
import { sql } from "../store/sql.ts";

export interface TillDayName {
  readonly businessDay: string;
  readonly store: string;
  readonly workstation: string;
}

export interface TillReceipt {
  readonly natural_key: string;
  readonly entry_key: number;
  readonly reading: number;
  readonly currency: string;
  readonly counts: number;
  readonly gross: bigint;
}

/** Receipts read in one go: about a millisecond, then sales that wait have their turn. */
const PAGE = 1_000;

/** What all receipts of one till and day begin with. */
const prefixOf = ({ businessDay, store, workstation }: TillDayName): string =>
  naturalKey({ store, workstation, businessDay: businessDay as BusinessDay, sequence: "" });

/** The POS's own number of a receipt within its day; undefined where it is no plain number, or starts anew within a day. */
export function sequenceOf(key: string): number | undefined {
  const [, , , sequence = "", discriminator] = key.split("/");
  return discriminator === undefined && /^\d{1,15}$/.test(sequence) ? Number(sequence) : undefined;
}

/** Hands on the latest revisions of all receipts of one till and day, in pages, with room between them for whoever sells. */
export async function eachTillReceipt(store: AgentStore, till: TillDayName, take: (receipt: TillReceipt) => void): Promise<void> {
  const prefix = prefixOf(till);
  // The character after the slash: behind all that begin so.
  const end = `${prefix.slice(0, -1)}0`;
  const statement = store.prepare<[string, string, number], Omit<TillReceipt, "gross"> & { gross: string }>(
    sql`SELECT natural_key, entry_key, reading, currency, counts, CAST(gross AS TEXT) AS gross FROM receipt
        WHERE natural_key > ? AND natural_key < ? ORDER BY natural_key LIMIT ?`,
  );
  for (let after: string | undefined = prefix; after !== undefined;) {
    const page: ReturnType<typeof statement.all> = statement.all(after, end, PAGE);
    for (const row of page) take({ ...row, gross: BigInt(row.gross) });
    after = page.length < PAGE ? undefined : page.at(-1)?.natural_key;
    if (after !== undefined) await afterOthers();
  }
}

import {
  accountKey,
  balanceOf,
  decideGrant,
  freeOf,
  TillsyncError,
  unusedOf,
  type Amount,
  type QuotaAnswer,
  type QuotaAsk,
} from "@tillsync/sync-protocol";
import type { Database, Queryable } from "../db/database.ts";
import { sql } from "../db/sql.ts";
import type { Device } from "../devices/authenticate.ts";
import { announceHeads } from "../reference/announce-heads.ts";
import type { MovedHead } from "../reference/write-documents.ts";
import { writeAccountDocuments } from "./account-documents.ts";
import { copyState, countsOf, leaseKey, leaseOf, putLease, type AccountState, type LeaseState } from "./account-state.ts";
import { lockAccounts } from "./lock-accounts.ts";
import { writeAccounts } from "./write-accounts.ts";

export type QuotaGrant = Omit<QuotaAnswer, "serverTimeMs">;

/**
 * Raises what a terminal's present life was granted to what it asks for, if that much is free; otherwise asks other
 * terminals for what they do not need. The grant is written before it is told, and it is a count that only grows: an
 * answer that is lost comes again with the next document or question. Throws `quota.unit-wrong`, `quota.epoch-ended`,
 * `quota.epoch-unknown`.
 */
export async function grantQuota(db: Database, device: Device, ask: QuotaAsk, nowMs: number): Promise<QuotaGrant> {
  const { answer, heads } = await db.transaction((tx) => grant(tx, device, ask, nowMs));
  await announceHeads(db, heads);
  return answer;
}

async function grant(tx: Queryable, device: Device, ask: QuotaAsk, nowMs: number): Promise<{ answer: QuotaGrant; heads: MovedHead[] }> {
  const { account, epoch } = ask;
  const states = await lockAccounts(tx, [account], false, nowMs);
  const state = states.get(accountKey(account));
  if (state === undefined) return { answer: unknownAccount(ask), heads: [] };
  if (state.unit !== ask.unit) throw new TillsyncError("quota.unit-wrong", `kept in ${state.unit}`);
  const newest = await newestEpoch(tx, device.terminal);
  if (epoch !== newest) throw new TillsyncError(epoch < newest ? "quota.epoch-ended" : "quota.epoch-unknown");
  const before = copyState(state);
  // What it knows to have been granted was granted, also where this database was restored from before that.
  const known = withSeen(leaseOf(state, device.terminal, epoch), BigInt(ask.seen));
  if (known.granted > 0n) putLease(state, known);
  const decision = decideGrant(countsOf(state), known, BigInt(ask.granted));
  const isGranted = decision.kind === "granted";
  if (isGranted && decision.granted > 0n) putLease(state, { ...known, granted: decision.granted, recalled: false });
  const asking = leaseKey(device.terminal, epoch);
  if (!isGranted) recallFor(state, asking, BigInt(ask.granted) - known.granted);
  const recalling = !isGranted && (await mayComeBack(tx, state, asking));
  await writeAccounts(tx, [state], nowMs);
  const heads = await writeAccountDocuments(tx, [{ before, after: state }], nowMs);
  return { answer: answerOf(ask, state, isGranted ? decision.granted : known.granted, recalling), heads };
}

const withSeen = (lease: LeaseState, seen: bigint): LeaseState => (seen > lease.granted ? { ...lease, granted: seen } : lease);

/** Marks the leases with the most unused rights until they cover what is short. */
function recallFor(state: AccountState, asking: string, wanted: bigint): void {
  let short = wanted - freeOf(countsOf(state));
  const others = [...state.leases].filter(([key, lease]) => key !== asking && unusedOf(lease) > 0n);
  const byMost = others.toSorted(([, a], [, b]) => (unusedOf(b) > unusedOf(a) ? 1 : -1));
  for (const [, lease] of byMost) {
    if (short <= 0n) break;
    short -= unusedOf(lease);
    putLease(state, { ...lease, recalled: true });
  }
}

/** Whether a recalled lease is of a terminal's present life, which may answer. One of a life that has ended mostly will not. */
async function mayComeBack(tx: Queryable, { leases }: AccountState, asking: string): Promise<boolean> {
  const recalled = [...leases].filter(([key, lease]) => key !== asking && lease.recalled && unusedOf(lease) > 0n);
  if (recalled.length === 0) return false;
  const rows = await tx.query<{ terminal: string; epoch: number }>(sql`
    SELECT t.terminal_id AS terminal, max(j.epoch)::int AS epoch FROM terminal t JOIN journal j USING (terminal_id)
    WHERE t.terminal_id = ANY(${recalled.map(([, { terminal }]) => terminal)}::text[]) AND t.state = 'active' GROUP BY t.terminal_id`);
  const present = new Set(rows.map(({ terminal, epoch }) => leaseKey(terminal, epoch)));
  return recalled.some(([key]) => present.has(key));
}

/**
 * A life that is not the newest gets nothing: its terminal goes on in another one, and whoever asks may be a copy. Nor does
 * one whose journal has not come here yet: two copies may have taken the same number.
 */
async function newestEpoch(tx: Queryable, terminal: string): Promise<number> {
  const rows = await tx.query<{ epoch: number }>(sql`
    SELECT coalesce(max(epoch), 0)::int AS epoch FROM journal WHERE terminal_id = ${terminal} AND seq >= 1`);
  return rows[0]?.epoch ?? 0;
}

const amount = (value: bigint): Amount => String(value) as Amount;

const answerOf = ({ account, epoch, unit }: QuotaAsk, state: AccountState, granted: bigint, recalling: boolean): QuotaGrant => {
  const counts = countsOf(state);
  const free = freeOf(counts);
  return {
    account,
    epoch,
    unit,
    granted: amount(granted),
    balance: amount(balanceOf(counts)),
    free: amount(free < 0n ? 0n : free),
    recalling,
  };
};

const unknownAccount = ({ account, epoch, unit }: QuotaAsk): QuotaGrant => {
  const none = amount(0n);
  return { account, epoch, unit, granted: none, balance: none, free: none, recalling: false };
};

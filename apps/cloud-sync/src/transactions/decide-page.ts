import { assert, type ErrorCode, type OrderStatus } from "@tillsync/sync-protocol";
import type { LogEntry } from "../event-log/log-entry.ts";
import { tellOrders } from "../orders/tell-orders.ts";
import type { OrderEvent } from "../orders/told-order.ts";
import type { Projection } from "./interpret-entry.ts";
import type { Known, KnownReceipt, LatestRevision, PageDecision, ReadEntry, TransactionInsert, WaitingEntry } from "./page.ts";
import { addTotal, countLatest, totalName } from "./totals.ts";

/**
 * Decides what becomes of each entry, in the order of the log. Pure: `known` is all it asks.
 *
 * Order by receipt: a revision whose earlier revision (same receipt, same terminal, earlier in the log) is set aside is
 * set aside behind it with the same cause, so that they are taken up in order later. Other receipts go on, also those
 * that share an ordering key: a return is readable without its sale, and keeping those two in order is the destinations'.
 *
 * Orders: a step that cannot have happened is set aside. One that is told late or again is kept and goes to no
 * destination, so that none is turned back.
 */
export function decidePage(page: readonly ReadEntry[], known: Known): PageDecision {
  const state = startState(known);
  for (const { entry, meaning } of page) {
    if (meaning.kind === "epoch-start") {
      addTotal(state.decision.totals, totalName.epochStarts, 1n);
      state.decision.epochStarts.push({ entry, body: meaning.body });
      state.decision.passed.push(entry);
    } else if (meaning.kind === "refused") {
      setAside(state, entry, meaning.code, meaning.detail, meaning.naturalKey);
    } else placeTransaction(state, entry, meaning.projection);
  }
  return state.decision;
}

interface State {
  readonly known: Known;
  readonly receipts: Map<string, KnownReceipt>;
  /** By receipt and terminal. */
  readonly waiting: Map<string, WaitingEntry[]>;
  readonly insertByTpos: Map<number, TransactionInsert>;
  readonly orders: Map<string, OrderStatus | undefined>;
  nextTpos: number;
  readonly decision: PageDecision;
}

function startState(known: Known): State {
  return {
    known,
    receipts: new Map(known.receipts),
    waiting: Map.groupBy(known.waiting, (row) => waitingKey(row.naturalKey, row.terminal)),
    insertByTpos: new Map(),
    orders: new Map(known.orders),
    nextTpos: known.lastTpos + 1,
    decision: { inserts: [], replaced: [], duplicates: [], setAside: [], orderEvents: [], epochStarts: [], passed: [], totals: new Map() },
  };
}

function placeTransaction(state: State, entry: LogEntry, projection: Projection): void {
  const { naturalKey } = projection;
  const terminal = state.known.terminals.get(entry.terminal);
  assert(terminal !== undefined, "an entry's terminal is known");
  const before = state.waiting.get(waitingKey(naturalKey, entry.terminal))?.find((row) => row.pos < entry.pos);
  if (before !== undefined) {
    setAside(state, entry, before.code as ErrorCode, `waits for the receipt's earlier revision at position ${before.pos}`, naturalKey);
  } else if (!mayWrite(terminal, projection)) {
    setAside(state, entry, "entry.not-allowed", `POS store ${projection.store} is not one of store ${terminal.storeId}'s`, naturalKey);
  } else placeRevision(state, entry, projection, terminal.storeId);
}

type KnownTerminal = NonNullable<ReturnType<Known["terminals"]["get"]>>;

/** A terminal writes for its store's own numbers at the POS; what it tells of quota itself bears the cloud's name of the store. */
function mayWrite({ posStores, storeId }: KnownTerminal, { store, type }: Projection): boolean {
  return posStores === null || posStores.includes(store) || (type === "StoredValue" && store === storeId);
}

function placeRevision(state: State, entry: LogEntry, projection: Projection, storeId: string): void {
  const receipt = state.receipts.get(projection.naturalKey);
  if (receipt === undefined) {
    place(state, entry, projection, storeId, undefined);
    return;
  }
  const { latest } = receipt;
  const held = receipt.contents.get(projection.contentHash);
  // An earlier content again is a repeat (a carried-over journal, an old export), unless the terminal counted it as new.
  const cameBack = held !== undefined && held !== latest.revision && projection.sourceRevision > latest.sourceRevision;
  if (held !== undefined && !(cameBack && latest.terminal === entry.terminal)) {
    pass(state, entry, { entry, kind: "repeated", naturalKey: projection.naturalKey, revision: held });
  } else if (latest.terminal !== entry.terminal) {
    setAside(state, entry, "entry.key-conflict", `terminal ${latest.terminal} has a different receipt here`, projection.naturalKey);
  } else if (latest.shard === entry.shard && latest.pos > entry.pos) {
    pass(state, entry, { entry, kind: "outdated", naturalKey: projection.naturalKey, revision: latest.revision });
  } else place(state, entry, projection, storeId, receipt);
}

function place(state: State, entry: LogEntry, projection: Projection, storeId: string, receipt: KnownReceipt | undefined): void {
  const told = tellOrders(state.orders, projection.steps);
  if (told.kind === "refused") {
    setAside(state, entry, "order.transition-forbidden", told.detail, projection.naturalKey);
    return;
  }
  const replaced = receipt?.latest;
  // What tells nothing new of an order must not be sent, not even as the correction of something that was.
  const isSilent = projection.type === "OrderStatus" && !told.events.some((event) => event.outcome === "applied");
  const row: TransactionInsert = {
    ...projection,
    category: isSilent ? undefined : projection.category,
    entry,
    tpos: state.nextTpos++,
    revision: (replaced?.revision ?? 0) + 1,
    previousCategory: isSilent ? undefined : replaced?.category,
    storeId,
    latest: true,
  };
  insert(state, row, told.events, receipt);
}

function insert(state: State, row: TransactionInsert, events: readonly OrderEvent[], receipt: KnownReceipt | undefined): void {
  const { decision } = state;
  const { entry, tpos, storeId, store } = row;
  const replaced = receipt?.latest;
  if (replaced !== undefined) replace(state, replaced);
  decision.inserts.push(row);
  for (const event of events)
    decision.orderEvents.push({ event, shard: entry.shard, tpos, storeId, store, receivedAtMs: entry.receivedAtMs });
  takeOff(state, entry, row.naturalKey);
  state.insertByTpos.set(row.tpos, row);
  countLatest(decision.totals, row, 1n);
  addTotal(decision.totals, totalName.items(row.category, row.previousCategory), 1n);
  const contents = new Map(receipt?.contents).set(row.contentHash, row.revision);
  state.receipts.set(row.naturalKey, { latest: latestOf(row), contents });
}

function replace(state: State, replaced: LatestRevision): void {
  const { decision } = state;
  const inPage = state.insertByTpos.get(replaced.tpos);
  if (inPage !== undefined && replaced.shard === inPage.entry.shard) inPage.latest = false;
  else decision.replaced.push({ shard: replaced.shard, tpos: replaced.tpos });
  countLatest(decision.totals, replaced, -1n);
  addTotal(decision.totals, totalName.revisions, 1n);
}

function pass(state: State, entry: LogEntry, duplicate: PageDecision["duplicates"][number]): void {
  state.decision.duplicates.push(duplicate);
  takeOff(state, entry, duplicate.naturalKey);
  addTotal(state.decision.totals, totalName.duplicates, 1n);
}

/** The entry is settled: if it was open before, nothing waits behind it any more. */
function takeOff(state: State, entry: LogEntry, naturalKey: string): void {
  state.decision.passed.push(entry);
  const key = waitingKey(naturalKey, entry.terminal);
  const rows = state.waiting.get(key);
  if (rows !== undefined)
    state.waiting.set(
      key,
      rows.filter((row) => row.pos !== entry.pos),
    );
}

function setAside(state: State, entry: LogEntry, code: ErrorCode, detail: string | undefined, naturalKey: string | undefined): void {
  state.decision.setAside.push({ entry, naturalKey, code, detail });
  if (naturalKey === undefined) return;
  const key = waitingKey(naturalKey, entry.terminal);
  const rows = state.waiting.get(key) ?? [];
  rows.push({ pos: entry.pos, terminal: entry.terminal, naturalKey, code });
  state.waiting.set(key, rows);
}

const latestOf = (row: TransactionInsert): LatestRevision => ({
  revision: row.revision,
  shard: row.entry.shard,
  tpos: row.tpos,
  pos: row.entry.pos,
  terminal: row.entry.terminal,
  sourceRevision: row.sourceRevision,
  contentHash: row.contentHash,
  type: row.type,
  category: row.category,
  currency: row.currency,
  exponent: row.exponent,
  grand: row.grand,
});

const waitingKey = (naturalKey: string, terminal: string): string => `${naturalKey}\n${terminal}`;

import { assert } from "@tillsync/sync-protocol";

/** An item of the log ahead of the cursor. */
export interface WindowItem {
  readonly tpos: number;
  readonly orderingKey: string;
  readonly bytes: number;
}

/**
 * The part of a shard's log that is under way to one destination, in memory. It keeps two promises: of one ordering key
 * at most one item is out, the earliest; and the cursor never passes an item that is neither recorded as arrived nor
 * as an exception. Nothing here is durable: what is lost with the process is read again from the cursor.
 */
export interface Window<I extends WindowItem> {
  /** Up to where the log was read, wanted or not. Ascending. */
  readTo(tpos: number): void;
  /** The next item of the log. Behind a blocked key it goes straight to the held ones. */
  add(item: I): void;
  /** The earliest item whose key has nothing out; now it is out. */
  take(): I | undefined;
  /** An item that is out has arrived: its key goes on. Its record is pending until `recorded`. */
  arrived(item: I): void;
  /** An item that is out has failed: its key is blocked, and all behind it are held. */
  failed(item: I): void;
  /** An item that is out was not tried after all: it comes first again. */
  putBack(item: I): void;
  /** Blocks a key that has exceptions in the database. */
  block(orderingKey: string): void;
  /** The database has no exception of this key any more. Does nothing while items of it wait to be recorded as held. */
  release(orderingKey: string): void;
  /** Items that are held and not recorded yet; the caller records all of them and says so with `recorded`. */
  held(): readonly I[];
  /** Where the cursor may stand once everything settled so far is recorded. */
  cursor(): number;
  /** What was settled when `cursor` and `held` were asked is durable. */
  recorded(held: readonly I[]): void;
  /** Items not settled, and their bytes: what bounds reading ahead. */
  size(): { readonly items: number; readonly bytes: number };
}

interface Slot<I> {
  readonly item: I;
  settled: boolean;
}

interface State<I> {
  readonly keyOf: (item: I) => string;
  readonly slots: Map<number, Slot<I>>;
  /** Items not settled of each key; the first is out or ready. */
  readonly chains: Map<string, I[]>;
  readonly blocked: Set<string>;
  /** From the first item not settled, in the order of the log. */
  order: Slot<I>[];
  ready: I[];
  holding: I[];
  readTo: number;
  bytes: number;
}

/** `keyOrder: false` exists to show that the checks of order notice when the order is not kept. */
export function createWindow<I extends WindowItem>(cursor: number, options: { keyOrder: boolean } = { keyOrder: true }): Window<I> {
  const keyOf = (item: I): string => (options.keyOrder ? item.orderingKey : String(item.tpos));
  const state: State<I> = {
    keyOf,
    slots: new Map(),
    chains: new Map(),
    blocked: new Set(),
    order: [],
    ready: [],
    holding: [],
    readTo: cursor,
    bytes: 0,
  };
  return {
    readTo: (tpos) => {
      assert(tpos >= state.readTo, "the log is read forwards");
      state.readTo = tpos;
    },
    add: (item) => add(state, item),
    take: () => state.ready.shift(),
    arrived: (item) => arrived(state, item),
    failed: (item) => failed(state, item),
    putBack: (item) => void state.ready.unshift(item),
    block: (orderingKey) => void state.blocked.add(orderingKey),
    release: (orderingKey) => {
      if (!state.holding.some((item) => keyOf(item) === orderingKey)) state.blocked.delete(orderingKey);
    },
    held: () => state.holding,
    cursor: () => cursorOf(state),
    recorded: (done) => {
      const written = new Set(done);
      state.holding = state.holding.filter((item) => !written.has(item));
    },
    size: () => ({ items: state.slots.size, bytes: state.bytes }),
  };
}

function add<I extends WindowItem>(state: State<I>, item: I): void {
  assert(item.tpos > (state.order.at(-1)?.item.tpos ?? state.readTo), "items come in the order of the log");
  const slot = { item, settled: false };
  state.slots.set(item.tpos, slot);
  state.order.push(slot);
  state.bytes += item.bytes;
  if (state.blocked.has(state.keyOf(item))) return hold(state, item);
  const chain = state.chains.get(state.keyOf(item));
  if (chain !== undefined) chain.push(item);
  else {
    state.chains.set(state.keyOf(item), [item]);
    state.ready.push(item);
  }
}

function arrived<I extends WindowItem>(state: State<I>, item: I): void {
  const chain = takeFirst(state, item);
  const [next] = chain;
  if (next === undefined) state.chains.delete(state.keyOf(item));
  else state.ready.push(next);
}

function failed<I extends WindowItem>(state: State<I>, item: I): void {
  const chain = takeFirst(state, item);
  state.chains.delete(state.keyOf(item));
  state.blocked.add(state.keyOf(item));
  for (const behind of chain) hold(state, behind);
}

function takeFirst<I extends WindowItem>(state: State<I>, item: I): I[] {
  settle(state, item);
  const chain = state.chains.get(state.keyOf(item));
  assert(chain?.[0] === item, "what is out is the first of its key");
  chain.shift();
  return chain;
}

function hold<I extends WindowItem>(state: State<I>, item: I): void {
  settle(state, item);
  state.holding.push(item);
}

function settle<I extends WindowItem>(state: State<I>, item: I): void {
  const slot = state.slots.get(item.tpos);
  assert(slot !== undefined && !slot.settled, "an item is settled once");
  slot.settled = true;
  state.slots.delete(item.tpos);
  state.bytes -= item.bytes;
}

function cursorOf<I extends WindowItem>(state: State<I>): number {
  const firstOpen = state.order.findIndex((slot) => !slot.settled);
  state.order = firstOpen < 0 ? [] : state.order.slice(firstOpen);
  const [first] = state.order;
  return first === undefined ? state.readTo : first.item.tpos - 1;
}

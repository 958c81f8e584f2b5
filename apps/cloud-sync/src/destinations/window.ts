import { assert } from "@tillsync/sync-protocol";
import { createQueue, type Queue } from "./queue.ts";

/** An item of the log ahead of the cursor. */
export interface WindowItem {
  readonly tpos: number;
  readonly orderingKey: string;
  readonly bytes: number;
}

/**
 * The part of a shard's log that is under way to one destination, in memory. It keeps two promises: of one ordering key
 * at most one item is out, the earliest (or several in one batch, in their order); and the cursor never passes an item
 * that is neither recorded as arrived nor as an exception. Nothing here is durable: what is lost with the process is read
 * again from the cursor. Everything takes constant time an item, however much is under way.
 */
export interface Window<I extends WindowItem> {
  /** Up to where the log was read, wanted or not. Ascending. */
  readTo(tpos: number): void;
  /** The next item of the log. Behind a blocked key it goes straight to the held ones. */
  add(item: I): void;
  /** The first item whose key has nothing out; now it is out. */
  take(): I | undefined;
  /**
   * Up to `max` items, in the order of the log: first items of keys that have nothing out and, where there are too few of
   * those, what follows them. Now they are out. Their results are told in the same order; of a key of which one did not
   * arrive nothing more is told.
   */
  takeBatch(max: number): I[];
  /** Items of keys that have nothing out. */
  ready(): number;
  /** An item that is out has arrived: its key goes on. Its record is pending until `recorded`. */
  arrived(item: I): void;
  /** An item that is out has failed: its key is blocked, and all behind it are held. */
  failed(item: I): void;
  /** An item that is out was not tried after all: it comes first again, and with it all that are out of its key. */
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
  readonly key: string;
  settled: boolean;
}

/** Items not settled of one key, seldom more than one. The first `out` of them are out. */
interface Chain<I> {
  readonly slots: Slot<I>[];
  out: number;
}

interface State<I> {
  readonly keyOf: (item: I) => string;
  open: number;
  readonly chains: Map<string, Chain<I>>;
  readonly blocked: Set<string>;
  /** From the first item not settled, in the order of the log. */
  readonly order: Queue<Slot<I>>;
  /** Keys with something to send and nothing out. */
  readonly ready: Queue<Chain<I>>;
  holding: I[];
  /** Items of `holding` by key. */
  readonly holdingOf: Map<string, number>;
  readTo: number;
  bytes: number;
}

/** `keyOrder: false` exists to show that the checks of order notice when the order is not kept. */
export function createWindow<I extends WindowItem>(cursor: number, options: { keyOrder: boolean } = { keyOrder: true }): Window<I> {
  const keyOf = (item: I): string => (options.keyOrder ? item.orderingKey : String(item.tpos));
  const state: State<I> = {
    keyOf,
    open: 0,
    chains: new Map(),
    blocked: new Set(),
    order: createQueue(),
    ready: createQueue(),
    holding: [],
    holdingOf: new Map(),
    readTo: cursor,
    bytes: 0,
  };
  return {
    readTo: (tpos) => {
      assert(tpos >= state.readTo, "the log is read forwards");
      state.readTo = tpos;
    },
    add: (item) => add(state, item),
    take: () => takeUpTo(state, 1)[0],
    takeBatch: (max) => takeUpTo(state, max).toSorted((a, b) => a.tpos - b.tpos),
    ready: () => state.ready.size,
    arrived: (item) => arrived(state, item),
    failed: (item) => failed(state, item),
    putBack: (item) => putBack(state, item),
    block: (orderingKey) => void state.blocked.add(orderingKey),
    release: (orderingKey) => void (state.holdingOf.has(orderingKey) || state.blocked.delete(orderingKey)),
    held: () => state.holding,
    cursor: () => cursorOf(state),
    recorded: (done) => recorded(state, done),
    size: () => ({ items: state.open, bytes: state.bytes }),
  };
}

function add<I extends WindowItem>(state: State<I>, item: I): void {
  assert(item.tpos > (state.order.last()?.item.tpos ?? state.readTo), "items come in the order of the log");
  const slot = { item, key: state.keyOf(item), settled: false };
  state.open += 1;
  state.order.push(slot);
  state.bytes += item.bytes;
  if (state.blocked.has(slot.key)) return hold(state, slot);
  const known = state.chains.get(slot.key);
  if (known !== undefined) return void known.slots.push(slot);
  const chain: Chain<I> = { slots: [slot], out: 0 };
  state.chains.set(slot.key, chain);
  state.ready.push(chain);
}

/** One of each key that is ready, and then, while there is room, what follows them. */
function takeUpTo<I extends WindowItem>(state: State<I>, max: number): I[] {
  const chains: Chain<I>[] = [];
  while (chains.length < max) {
    const chain = state.ready.shift();
    if (chain === undefined) break;
    chain.out = 1;
    chains.push(chain);
  }
  let count = chains.length;
  for (const chain of chains) {
    const more = Math.min(chain.slots.length - 1, max - count);
    chain.out += more;
    count += more;
  }
  return chains.flatMap((chain) => chain.slots.slice(0, chain.out).map(({ item }) => item));
}

function arrived<I extends WindowItem>(state: State<I>, item: I): void {
  const chain = settleFirst(state, item);
  chain.out -= 1;
  if (chain.slots.length === 0) state.chains.delete(state.keyOf(item));
  else if (chain.out === 0) state.ready.push(chain);
}

function failed<I extends WindowItem>(state: State<I>, item: I): void {
  const chain = settleFirst(state, item);
  state.chains.delete(state.keyOf(item));
  state.blocked.add(state.keyOf(item));
  for (const behind of chain.slots.splice(0)) hold(state, behind);
}

function putBack<I extends WindowItem>(state: State<I>, item: I): void {
  const chain = state.chains.get(state.keyOf(item));
  assert(chain !== undefined && chain.out > 0 && chain.slots[0]?.item === item, "what is out is the first of its key");
  chain.out = 0;
  state.ready.unshift(chain);
}

function settleFirst<I extends WindowItem>(state: State<I>, item: I): Chain<I> {
  const chain = state.chains.get(state.keyOf(item));
  const slot = chain?.slots.shift();
  assert(chain !== undefined && chain.out > 0 && slot?.item === item, "what is out is the first of its key");
  settle(state, slot);
  return chain;
}

function hold<I extends WindowItem>(state: State<I>, slot: Slot<I>): void {
  settle(state, slot);
  state.holding.push(slot.item);
  state.holdingOf.set(slot.key, (state.holdingOf.get(slot.key) ?? 0) + 1);
}

function recorded<I extends WindowItem>(state: State<I>, done: readonly I[]): void {
  if (done.length === 0) return;
  const written = new Set(done);
  state.holding = state.holding.filter((item) => !written.has(item));
  for (const item of written) {
    const left = (state.holdingOf.get(state.keyOf(item)) ?? 1) - 1;
    if (left > 0) state.holdingOf.set(state.keyOf(item), left);
    else state.holdingOf.delete(state.keyOf(item));
  }
}

function settle<I extends WindowItem>(state: State<I>, slot: Slot<I>): void {
  assert(!slot.settled, "an item is settled once");
  slot.settled = true;
  state.open -= 1;
  state.bytes -= slot.item.bytes;
}

function cursorOf<I extends WindowItem>(state: State<I>): number {
  while (state.order.peek()?.settled === true) state.order.shift();
  const first = state.order.peek();
  return first === undefined ? state.readTo : first.item.tpos - 1;
}

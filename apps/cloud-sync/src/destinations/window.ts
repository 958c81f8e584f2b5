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
  readonly hasReady: boolean;
}

interface Slot<I> {
  readonly item: I;
  settled: boolean;
}

/** `keyOrder: false` exists to show that the checks of order notice when the order is not kept. */
export function createWindow<I extends WindowItem>(cursor: number, options: { keyOrder: boolean } = { keyOrder: true }): Window<I> {
  const slots = new Map<number, Slot<I>>();
  const chains = new Map<string, I[]>();
  const blocked = new Set<string>();
  let order: Slot<I>[] = [];
  let ready: I[] = [];
  let holding: I[] = [];
  let readTo = cursor;
  let bytes = 0;
  let open = 0;

  const settle = (item: I): void => {
    const slot = slots.get(item.tpos);
    assert(slot !== undefined && !slot.settled, "an item is settled once");
    slot.settled = true;
    slots.delete(item.tpos);
    bytes -= item.bytes;
    open -= 1;
  };
  const hold = (item: I): void => {
    settle(item);
    holding.push(item);
  };
  const keyOf = (item: I): string => (options.keyOrder ? item.orderingKey : String(item.tpos));

  return {
    readTo: (tpos) => {
      assert(tpos >= readTo, "the log is read forwards");
      readTo = tpos;
    },
    add: (item) => {
      assert(item.tpos > (order.at(-1)?.item.tpos ?? cursor), "items come in the order of the log");
      const slot = { item, settled: false };
      slots.set(item.tpos, slot);
      order.push(slot);
      bytes += item.bytes;
      open += 1;
      if (blocked.has(keyOf(item))) return hold(item);
      const chain = chains.get(keyOf(item));
      if (chain !== undefined) chain.push(item);
      else {
        chains.set(keyOf(item), [item]);
        ready.push(item);
      }
    },
    take: () => ready.shift(),
    arrived: (item) => {
      settle(item);
      const chain = chains.get(keyOf(item));
      assert(chain?.[0] === item, "what is out is the first of its key");
      chain.shift();
      const [next] = chain;
      if (next === undefined) chains.delete(keyOf(item));
      else ready.push(next);
    },
    failed: (item) => {
      settle(item);
      const chain = chains.get(keyOf(item)) ?? [];
      assert(chain[0] === item, "what is out is the first of its key");
      chains.delete(keyOf(item));
      blocked.add(keyOf(item));
      chain.slice(1).forEach(hold);
    },
    putBack: (item) => {
      ready.unshift(item);
    },
    block: (orderingKey) => {
      blocked.add(orderingKey);
    },
    release: (orderingKey) => {
      if (!holding.some((item) => keyOf(item) === orderingKey)) blocked.delete(orderingKey);
    },
    held: () => holding,
    cursor: () => {
      const firstOpen = order.findIndex((slot) => !slot.settled);
      if (firstOpen < 0) order = [];
      else order = order.slice(firstOpen);
      const [first] = order;
      return first === undefined ? readTo : first.item.tpos - 1;
    },
    recorded: (done) => {
      const written = new Set(done);
      holding = holding.filter((item) => !written.has(item));
    },
    size: () => ({ items: open, bytes }),
    get hasReady() {
      return ready.length > 0;
    },
  };
}

import type { Amount } from "@tillsync/sync-protocol";
import type { BookedDocument } from "../../testing/vendor-fake/expected-effects.ts";
import type { RootResolver } from "../../testing/vendor-fake/graphql-rules.ts";
import type { FakeOptions } from "../../testing/vendor-fake/run-scenario.ts";
import type { FakeCall } from "../../testing/vendor-fake/vendor-rules.ts";
import type { VirtualClock } from "../../testing/vendor-fake/virtual-clock.ts";

export const JOURNAL = "tillsync_stock";
export const LOCATION = "77";
/** What is in stock of each article at first; of two units another has a claim. */
export const STOCK_BEFORE: Readonly<Record<string, number>> = { apple: 40, coffee: 25, mug: 12, pear: 9 };
const CLAIMED = 2;
const WINDOW_MS = 86_400_000;
const GID = `gid://shopify/Location/${LOCATION}`;

interface Change {
  readonly inventoryItemId: string;
  readonly locationId: string;
  readonly changeFromQuantity: number | null;
  readonly delta?: number;
  readonly quantity?: number;
}
interface Input {
  readonly reason: string;
  readonly name: string;
  readonly referenceDocumentUri: string;
  readonly changes?: readonly Change[];
  readonly quantities?: readonly Change[];
}
interface Handle {
  readonly handle: { readonly type: string; readonly handle: string };
}
interface Shelf {
  readonly id: string;
  readonly sku: string;
  onHand: number;
  changedAt: string;
}

export interface FakeStock {
  readonly roots: Readonly<Record<string, RootResolver>>;
  /** What was changed under which reference, and what is on hand. */
  documents(): BookedDocument[];
  /** Somebody else takes units away. */
  take(sku: string, units: number): void;
  /** Happens before each change of stock. */
  beforeChange: (() => void) | undefined;
}

const failed = (code: string): object => ({ inventoryAdjustmentGroup: null, userErrors: [{ field: null, code, message: code }] });

/** Shopify's stock at one location: compares before it changes, remembers keys of what failed as well, and cannot be asked what it did. */
export function fakeStock(clock: VirtualClock, { keysIgnored, blind }: FakeOptions): FakeStock {
  const shelves = Object.entries(STOCK_BEFORE).map(([sku, onHand], at): Shelf => {
    const changedAt = new Date(clock.nowMs() - 86_400_000).toISOString();
    return { id: `gid://shopify/InventoryItem/${at + 1}`, sku, onHand, changedAt };
  });
  const journal = new Map<string, { id: string; handle: string; updatedAt: string; value: string }>();
  const groups: { reference: string; moved: number }[] = [];
  const keys = new Map<string, { atMs: number; input: string; answer: object; ok: boolean }>();
  let ticks = 0;
  const now = (): string => new Date(clock.nowMs() + ++ticks).toISOString();

  const show = ({ id, sku, onHand, changedAt }: Shelf): object => ({
    __typename: "InventoryItem",
    id,
    sku,
    inventoryLevel: ({ locationId }: { locationId: string }) =>
      locationId === GID
        ? {
            quantities: ({ names }: { names: string[] }) =>
              names.map((name) => ({
                id: `${id}/${name}`,
                name,
                quantity: name === "on_hand" ? onHand : onHand - CLAIMED,
                updatedAt: changedAt,
              })),
          }
        : null,
  });
  const entryOf = ({ handle: { type, handle } }: Handle): object | null => {
    const entry = type === JOURNAL && !blind ? journal.get(handle) : undefined;
    return entry === undefined ? null : { ...entry, field: { value: entry.value } };
  };
  const write = (args: Handle & { metaobject: { fields: { key: string; value: string }[] } }): object => {
    const { type, handle } = args.handle;
    if (type !== JOURNAL)
      return { metaobject: null, userErrors: [{ field: null, code: "UNDEFINED_OBJECT_TYPE", message: "no such definition" }] };
    const id = journal.get(handle)?.id ?? `gid://shopify/Metaobject/${journal.size + 1}`;
    const entry = { id, handle, updatedAt: now(), value: args.metaobject.fields[0]?.value ?? "" };
    journal.set(handle, entry);
    return { metaobject: { ...entry, field: { value: entry.value } }, userErrors: [] };
  };
  const change = ({ input }: { input: Input }): object => {
    stock.beforeChange?.();
    const wished = input.changes ?? input.quantities ?? [];
    const claimed = input.name === "available" ? CLAIMED : 0;
    const rows = wished.map((one) => ({ one, shelf: shelves.find(({ id }) => id === one.inventoryItemId) }));
    if (wished.some(({ locationId }) => locationId !== GID)) return failed("INVALID_LOCATION");
    if (wished.some(({ quantity = 0 }) => quantity < 0)) return failed("INVALID_QUANTITY_NEGATIVE");
    for (const { one, shelf } of rows) {
      if (shelf === undefined) return failed("INVALID_INVENTORY_ITEM");
      if (one.changeFromQuantity !== null && shelf.onHand - claimed !== one.changeFromQuantity) return failed("CHANGE_FROM_QUANTITY_STALE");
    }
    for (const { one, shelf } of rows) {
      if (shelf === undefined) continue;
      shelf.onHand = one.quantity === undefined ? shelf.onHand + (one.delta ?? 0) : one.quantity + claimed;
      shelf.changedAt = now();
    }
    const { reason, referenceDocumentUri } = input;
    groups.push({
      reference: referenceDocumentUri,
      moved: wished.reduce((sum, { delta, quantity }) => sum + (delta ?? quantity ?? 0), 0),
    });
    const id = `gid://shopify/InventoryAdjustmentGroup/${groups.length}`;
    return { inventoryAdjustmentGroup: { id, reason, referenceDocumentUri, createdAt: now(), changes: [] }, userErrors: [] };
  };
  const withKey = (args: { input: Input }, call: FakeCall): object => {
    const { query, variables } = call.body as { query: string; variables: { key?: string } };
    if (!query.includes("@idempotent") || variables.key === undefined) throw new Error("the idempotency key is missing");
    const known = keys.get(variables.key);
    const input = JSON.stringify(args.input);
    if (!keysIgnored && known !== undefined && clock.nowMs() - known.atMs < WINDOW_MS) {
      if (known.input !== input) return failed("IDEMPOTENCY_KEY_PARAMETER_MISMATCH");
      return known.ok ? known.answer : failed("IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED");
    }
    const answer = change(args);
    const ok = (answer as { userErrors: object[] }).userErrors.length === 0;
    keys.set(variables.key, { atMs: clock.nowMs(), input, answer, ok });
    return answer;
  };
  const stock: FakeStock = {
    roots: {
      inventoryItems: ({ query }: { query: string }) => ({ nodes: shelves.filter(({ sku }) => query.includes(`sku:"${sku}"`)).map(show) }),
      nodes: ({ ids }: { ids: string[] }) =>
        ids.map((wanted) => {
          const shelf = shelves.find(({ id }) => id === wanted);
          return shelf === undefined ? null : show(shelf);
        }),
      metaobjectByHandle: entryOf,
      metaobjectUpsert: write,
      inventoryAdjustQuantities: withKey,
      inventorySetQuantities: withKey,
    },
    documents: () => [
      ...groups.map(({ reference, moved }) => document(reference.replace("gid://tillsync/Stock/", ""), moved)),
      ...shelves.filter(({ sku, onHand }) => onHand !== STOCK_BEFORE[sku]).map(({ sku, onHand }) => document(`on hand ${sku}`, onHand)),
    ],
    take: (sku, units) => {
      const shelf = shelves.find((one) => one.sku === sku);
      if (shelf === undefined) return;
      shelf.onHand -= units;
      shelf.changedAt = now();
    },
    beforeChange: undefined,
  };
  return stock;
}

export const document = (reference: string, total: number): BookedDocument => ({ reference, total: String(total) as Amount, currency: "" });

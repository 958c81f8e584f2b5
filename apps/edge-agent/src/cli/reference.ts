import { collections, collectionSchema, orderStatuses, TillsyncError, type Collection } from "@tillsync/sync-protocol";
import { askAgent } from "../control/ask-agent.ts";
import { digestDocuments } from "../reference/digest-documents.ts";
import { listOrders, readOrder } from "../reference/read/read-orders.ts";
import { readPrice } from "../reference/read/read-price.ts";
import { readProduct, type ItemQuery } from "../reference/read/read-product.ts";
import { readStockLevel } from "../reference/read/read-stock-level.ts";
import { openReferenceToRead, referenceAtRest } from "../reference/status-at-rest.ts";
import type { ReferenceStatus } from "../reference/status.ts";
import { findDocument } from "../reference/store/find-documents.ts";
import type { ReferenceStore } from "../reference/store/reference-store.ts";
import type { Command } from "./command.ts";
import { readFlags, type FlagValues } from "./read-flags.ts";

export const reference: Command = {
  usage:
    "reference status | price ITEM [--at YYYY-MM-DDTHH:MM] [--group G] [--quantity Q] | product ITEM | stock ITEM | order ID | orders [--status S] [--pickup-code C] | show COLLECTION ID | digest [COLLECTION...]   --data DIR [--json]   (ITEM: a number, or gtin:CODE)",
  summary:
    "what flowed down to this terminal: how fresh it is, prices, products, stock, orders; digest: one hash to compare two terminals by",
  run: async (args) => {
    const flags = readFlags(
      args,
      {
        at: { type: "string" },
        group: { type: "string" },
        quantity: { type: "string" },
        status: { type: "string" },
        "pickup-code": { type: "string" },
      },
      "any",
    );
    const [action = "", ...names] = flags.positionals;
    if (action === "status") return printStatus(flags);
    const read = Object.hasOwn(READS, action) ? READS[action] : undefined;
    if (read === undefined) throw new TillsyncError("usage.invalid", `status or one of ${Object.keys(READS).join(", ")}`);
    const store = openReferenceToRead(flags.data, () => Date.now());
    try {
      const found = read(store, names, flags);
      if (found === undefined) throw new TillsyncError("reference.not-here", names.join(" "));
      console.log(flags.json ? JSON.stringify(found) : JSON.stringify(found, undefined, 2));
      return 0;
    } finally {
      store.close();
    }
  },
};

type Read = (store: ReferenceStore, names: readonly string[], flags: FlagValues) => unknown;

const READS: Readonly<Record<string, Read>> = {
  price: (store, names, flags) =>
    readPrice(store, {
      ...itemOf(names),
      at: flags.text("at") ?? localMinute(),
      group: flags.text("group"),
      quantity: flags.text("quantity"),
    }),
  product: (store, names) => readProduct(store, itemOf(names)),
  stock: (store, names) => readStockLevel(store, itemOf(names)),
  order: (store, names) => readOrder(store, needed(names[0], "an order's id")),
  orders: (store, _names, flags) => {
    const status = orderStatuses.find((one) => one === flags.text("status"));
    if (status === undefined && flags.text("status") !== undefined) throw new TillsyncError("usage.invalid", orderStatuses.join(", "));
    return listOrders(store, { status, pickupCode: flags.text("pickup-code") });
  },
  show: (store, [collection, id]) => findDocument(store, collectionOf(needed(collection, "a collection")), needed(id, "a document's id")),
  digest: (store, names) => digestDocuments(store, names.length === 0 ? collections : names.map(collectionOf)),
};

async function printStatus(flags: FlagValues): Promise<number> {
  const found = (await askAgent(flags.data, "status", {}))?.reference ?? referenceAtRest(flags.data, () => Date.now());
  console.log(flags.json ? JSON.stringify(found) : linesOf(found));
  return 0;
}

function linesOf({ state, collections: all, lastError }: ReferenceStatus): string {
  const lines = all.map(
    ({ name, documents, loaded, asOf }) =>
      `${name.padEnd(14)} ${String(documents).padStart(9)}  ${loaded ? "loaded" : "not loaded"}${asOf === null ? "" : `, as of ${new Date(asOf).toISOString()}`}`,
  );
  const error = lastError === null ? [] : [`last error      ${lastError.code} at ${new Date(lastError.at).toISOString()}`];
  return [`state           ${state}`, ...lines, ...error].join("\n");
}

function itemOf(names: readonly string[]): ItemQuery {
  const item = needed(names[0], "an item number or gtin:CODE");
  return item.startsWith("gtin:") ? { gtin: item.slice(5) } : { itemId: item };
}

function collectionOf(name: string): Collection {
  const parsed = collectionSchema.safeParse(name);
  if (!parsed.success) throw new TillsyncError("usage.invalid", `one of ${collections.join(", ")}`);
  return parsed.data;
}

function needed(value: string | undefined, what: string): string {
  if (value === undefined || value === "") throw new TillsyncError("usage.invalid", `${what} is needed`);
  return value;
}

/** Now by this machine's clock and zone. */
const localMinute = (): string => {
  const now = new Date();
  return new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
};

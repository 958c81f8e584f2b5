import { z } from "zod";
import type { MissingCode } from "../connector.ts";
import { Ended } from "./ended.ts";
import type { MappedDocument } from "./mapped.ts";
import type { JoinedRpc } from "./joined-rpc.ts";
import { ids } from "./values.ts";

const id = z.number().int();
const product = z.object({ id, code: z.string(), type: z.string(), sale_uom: id.nullable(), default_uom: id });
const unit = z.object({ id, symbol: z.string() });
const tax = z.object({ id, name: z.string() });
const method = z.object({ id, name: z.string(), journal: id, debit_account: id, credit_account: id });
const party = z.object({ id, code: z.string(), addresses: ids });
const place = z.object({
  id,
  code: z.string(),
  storage_location: id.nullable(),
  output_location: id.nullable(),
  lost_found_location: id.nullable(),
});
const currency = z.object({ id, code: z.string() });

/** What Tryton calls each table of codes: model, the field that holds our code, and what else we need. */
const tables = {
  items: { model: "product.product", by: "code", row: product },
  units: { model: "product.uom", by: "symbol", row: unit },
  taxes: { model: "account.tax", by: "name", row: tax },
  tenders: { model: "account.invoice.payment.method", by: "name", row: method },
  customers: { model: "party.party", by: "code", row: party },
  stores: { model: "stock.location", by: "code", row: place },
  currencies: { model: "currency.currency", by: "code", row: currency },
} as const;
type Table = keyof typeof tables;
type RowOf<T extends Table> = z.infer<(typeof tables)[T]["row"]>;

/** Records of Tryton by our codes, as far as they were asked for; kept for the life of the session. */
export interface Known {
  get<T extends Table>(table: T, code: string): RowOf<T>;
  readonly customerLocation: number;
  readonly company: number;
}

export interface Resolver {
  /** Finds every code of the documents. Throws `Ended` with all codes that Tryton does not have. */
  resolve(documents: readonly MappedDocument[]): Promise<Known>;
}

/** A code of theirs that changes its meaning is a new set-up: update the destination, which opens a new session. */
export function openResolver(rpc: JoinedRpc): Resolver {
  const rows = new Map<string, unknown>();
  const keyOf = (table: Table, code: string): string => `${table} ${code}`;
  let customerLocation: number | undefined;
  const load = async (table: Table, codes: readonly string[]): Promise<void> => {
    const { model, by, row } = tables[table];
    const found = await rpc.find(model, by, codes, row as typeof product);
    for (const one of found) {
      const key = keyOf(table, String((one as Record<string, unknown>)[by]));
      // Of two records of one name the older is meant, always the same.
      if (!rows.has(key)) rows.set(key, one);
    }
  };
  return {
    resolve: async (documents) => {
      const wanted = codesOf(documents);
      const missing: MissingCode[] = [];
      for (const table of Object.keys(tables) as Table[]) {
        const unknown = [...wanted[table]].filter((code) => !rows.has(keyOf(table, code)));
        if (unknown.length > 0) await load(table, unknown);
        missing.push(...unknown.filter((code) => !rows.has(keyOf(table, code))).map((code) => ({ table, code })));
      }
      if (missing.length > 0) throw new Ended({ kind: "mapping-missing", missing });
      customerLocation ??= await findCustomerLocation(rpc);
      return {
        get: <T extends Table>(table: T, code: string) => rows.get(keyOf(table, code)) as RowOf<T>,
        customerLocation,
        company: await rpc.company(),
      };
    },
  };
}

async function findCustomerLocation(rpc: JoinedRpc): Promise<number> {
  const [found] = await rpc.find("stock.location", "type", ["customer"], z.object({ id }));
  if (found === undefined) throw new Ended({ kind: "set-up", detail: "Tryton has no customer location" });
  return found.id;
}

function codesOf(documents: readonly MappedDocument[]): Record<Table, Set<string>> {
  const codes: Record<Table, Set<string>> = {
    items: new Set(),
    units: new Set(),
    taxes: new Set(),
    tenders: new Set(),
    customers: new Set(),
    stores: new Set(),
    currencies: new Set(),
  };
  for (const document of documents) {
    codes.stores.add(document.warehouse);
    for (const { product: item, unit: symbol } of document.document === "sale" ? document.lines : document.goods) {
      codes.items.add(item);
      if (symbol !== undefined) codes.units.add(symbol);
    }
    if (document.document === "movement" && document.counterLocation !== undefined) codes.stores.add(document.counterLocation);
    if (document.document !== "sale") continue;
    codes.items.add(document.roundingProduct);
    codes.customers.add(document.customer);
    codes.currencies.add(document.currency);
    for (const line of document.lines) for (const name of line.taxes) codes.taxes.add(name);
    for (const payment of document.payments) codes.tenders.add(payment.method);
  }
  return codes;
}

import { parseAmount } from "@tillsync/sync-protocol";
import { z } from "zod";
import type { BookedDocument } from "./compare-books.ts";

const decimal = z.object({ decimal: z.string() }).transform((value) => value.decimal);
const EUR_DIGITS = 2;
const PAGE = 1_000;
const DEADLINE_MS = 60_000;

/** What stands in a Tryton, asked with a client of its own: nothing of the connector has a say in it. */
export interface TrytonBooks {
  /** Sales that count, and drafts that were left behind. */
  sales(): Promise<{ readonly booked: readonly BookedDocument[]; readonly drafts: number; readonly unpaid: number }>;
  /** Minor units that came in by each payment method, from the accounts themselves. */
  paidBy(): Promise<Record<string, string>>;
  /** Goods that left the store, less those that came back, by product code; movements without a sale are not in it. */
  soldGoods(): Promise<Record<string, number>>;
  /** Counts and internal shipments that are done, and how many are not. */
  stockDocuments(): Promise<{ readonly references: readonly string[]; readonly open: number }>;
}

export async function openTrytonBooks(facts: Readonly<Record<string, unknown>>): Promise<TrytonBooks> {
  const { url, database, user, password } = z
    .object({ url: z.string(), database: z.string(), user: z.string(), password: z.string() })
    .parse(facts);
  const call = async (method: string, params: readonly unknown[], authorization?: string): Promise<unknown> => {
    const answer = await fetch(`${url}/${database}/`, {
      method: "POST",
      headers: { "content-type": "application/json", ...(authorization === undefined ? {} : { authorization }) },
      body: JSON.stringify({ id: 1, method, params }),
      signal: AbortSignal.timeout(DEADLINE_MS),
    });
    const body = (await answer.json()) as { result?: unknown; error?: unknown };
    if (body.error !== undefined) throw new Error(`${method}: ${JSON.stringify(body.error).slice(0, 300)}`);
    return body.result;
  };
  const [id, key] = z
    .tuple([z.number(), z.string()])
    .rest(z.unknown())
    .parse(await call("common.db.login", [user, { password }, "en"]));
  const authorization = `Session ${Buffer.from(`${user}:${id}:${key}`).toString("base64")}`;
  const context = await call("model.res.user.get_preferences", [true, {}], authorization);
  const rows = async <Row>(model: string, domain: readonly unknown[], row: z.ZodObject & z.ZodType<Row>): Promise<Row[]> => {
    const all: Row[] = [];
    for (;;) {
      const args = [domain, all.length, PAGE, [["id", "ASC"]], Object.keys(row.shape), context];
      const page = z.array(row).parse(await call(`model.${model}.search_read`, args, authorization));
      all.push(...page);
      if (page.length < PAGE) return all;
    }
  };
  return {
    sales: async () => {
      const row = z.object({ reference: z.string(), state: z.string(), invoice_state: z.string(), total_amount: decimal });
      const sales = await rows(
        "sale.sale",
        [
          ["reference", "like", "tx\\_%"],
          ["state", "!=", "cancelled"],
        ],
        row,
      );
      const booked = sales.filter(({ state }) => !["draft", "quotation"].includes(state));
      return {
        booked: booked.map(({ reference, total_amount: total }) => ({ reference, total: minor(total) })),
        drafts: sales.length - booked.length,
        unpaid: booked.filter((sale) => sale.state !== "done" || !["paid", "none"].includes(sale.invoice_state)).length,
      };
    },
    paidBy: async () => {
      const methods = await rows("account.invoice.payment.method", [], z.object({ name: z.string(), debit_account: z.number() }));
      const sums: Record<string, string> = {};
      for (const { name, debit_account: account } of methods) {
        const lines = await rows(
          "account.move.line",
          [
            ["account", "=", account],
            ["move_state", "=", "posted"],
          ],
          z.object({ debit: decimal, credit: decimal }),
        );
        sums[name] = lines.reduce((sum, line) => sum + BigInt(minor(line.debit)) - BigInt(minor(line.credit)), 0n).toString();
      }
      return sums;
    },
    soldGoods: async () => {
      const products = await rows("product.product", [], z.object({ id: z.number(), code: z.string() }));
      const codes = new Map(products.map((product) => [product.id, product.code]));
      const [customer] = await rows("stock.location", [["type", "=", "customer"]], z.object({ id: z.number() }));
      const move = z.object({ product: z.number(), quantity: z.number(), to_location: z.number(), origin: z.string().nullable() });
      const moves = await rows(
        "stock.move",
        [
          ["state", "=", "done"],
          ["origin", "like", "sale.line,%"],
        ],
        move,
      );
      const sums: Record<string, number> = {};
      for (const { product, quantity, to_location: to } of moves) {
        const code = codes.get(product) ?? "";
        sums[code] = (sums[code] ?? 0) + (to === customer?.id ? quantity : -quantity);
      }
      return sums;
    },
    stockDocuments: async () => {
      const counts = await rows("stock.inventory", [["number", "like", "tx\\_%"]], z.object({ number: z.string(), state: z.string() }));
      const moved = await rows(
        "stock.shipment.internal",
        [["reference", "like", "tx\\_%"]],
        z.object({ reference: z.string(), state: z.string() }),
      );
      const all = [...counts.map(({ number, state }) => ({ reference: number, state })), ...moved].filter(
        ({ state }) => state !== "cancelled",
      );
      const done = all.filter(({ state }) => state === "done");
      return { references: done.map(({ reference }) => reference), open: all.length - done.length };
    },
  };
}

function minor(text: string): string {
  const parsed = parseAmount(text, EUR_DIGITS);
  if (!parsed.ok) throw new Error(`Tryton says ${text}`);
  return parsed.amount;
}

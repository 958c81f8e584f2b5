import { noContext, testPorts } from "../../testing/context.ts";
import type { ConnectorSession, DeliveryItem, SendResult } from "../../connector.ts";
import { openTryton } from "../tryton.ts";
import { minorOf, openFakeBooks, type FakeBooks, type Row } from "./fake-books.ts";
import { startFakeTryton, type FakeTryton } from "./fake-tryton.ts";
import { makeConfig } from "./make-receipt.ts";

export interface World {
  readonly books: FakeBooks;
  readonly fake: FakeTryton;
  readonly session: ConnectorSession;
}

const open: World[] = [];

/** A session of the connector at a fake Tryton of its own, until `closeWorlds`. */
export async function openWorld(
  over: object = {},
  options = { dedupe: true },
  breaks?: Parameters<typeof openFakeBooks>[0],
): Promise<World> {
  const books = openFakeBooks(breaks);
  const fake = await startFakeTryton(books);
  const session = openTryton(makeConfig({ url: fake.url, ...over }), testPorts(), options);
  const world = { books, fake, session };
  open.push(world);
  return world;
}

export async function closeWorlds(): Promise<void> {
  for (const { session, fake } of open.splice(0)) {
    await session.close();
    await fake.close();
  }
}

export const rowsOf = ({ books }: World, model: string): readonly Row[] => books.tables.get(model) ?? [];

/** Attempts as the dispatcher makes them: it looks first, each time. */
export async function bringToEnd({ session }: World, item: DeliveryItem): Promise<SendResult[]> {
  const results: SendResult[] = [];
  for (let attempt = 0; attempt < 6; attempt++) {
    const seen = await session.lookUp?.(item, noContext);
    if (seen?.kind === "found") return [...results, { kind: "delivered", vendorId: seen.vendorId }];
    if (seen?.kind !== "absent" && seen?.kind !== "unfinished") continue;
    const result = await session.send(item, noContext);
    results.push(result);
    if (result.kind === "delivered") break;
  }
  return results;
}

/** What is wrong with the books if these sales, and nothing else, must be in them. */
export function faultsOf(world: World, expected: Readonly<Record<string, string>>): string[] {
  const sales = rowsOf(world, "sale.sale").filter((sale) => sale["state"] !== "cancelled");
  const payments = rowsOf(world, "account.move").filter((move) => move["description"] !== "");
  const names = payments.map((move) => move["description"]);
  const faults = sales.filter((sale) => sale["state"] !== "done").map((sale) => `a sale is ${String(sale["state"])}`);
  for (const [reference, total] of Object.entries(expected)) {
    const own = sales.filter((sale) => sale["reference"] === reference);
    if (own.length !== 1) faults.push(`${own.length} sales under ${reference}`);
    const invoices = rowsOf(world, "account.invoice").filter((invoice) => invoice["sale"] === own[0]?.id);
    if (invoices.some((invoice) => invoice["state"] !== "paid")) faults.push("an invoice is not paid");
    const paid = payments.filter((move) => String(move["description"]).startsWith(`${reference} `));
    const lines = rowsOf(world, "account.move.line").filter((line) => line["account"] !== 10 && paid.some(({ id }) => id === line["move"]));
    const sum = lines.reduce((all, line) => all + minorOf(line["debit"]) - minorOf(line["credit"]), 0n);
    if (sum.toString() !== total) faults.push(`${sum} paid for ${reference}`);
  }
  if (sales.length !== Object.keys(expected).length) faults.push(`${sales.length} sales`);
  if (new Set(names).size !== names.length) faults.push("a payment is there twice");
  if (payments.some((move) => move["state"] !== "posted")) faults.push("a payment is not posted");
  if (rowsOf(world, "stock.move").some((move) => !["done", "cancelled"].includes(String(move["state"]))))
    faults.push("goods are not moved");
  return faults;
}

import { bookInvoice } from "./book-invoice.ts";
import { Ended, untilEnded } from "./ended.ts";
import { makeDraft } from "./make-draft.ts";
import { turnSale } from "./map-sale.ts";
import type { MappedSale } from "./mapped.ts";
import { cancelSales } from "./cancel-drafts.ts";
import type { Known } from "./resolve.ts";
import { findParts, findSaleById, findSales, isDraft, standingOf, type SaleRow } from "./sale-row.ts";
import type { Steps } from "./steps.ts";
import { amountOf } from "./values.ts";

/**
 * Brings a sale to its end in Tryton: drafted, counted, confirmed, goods moved, invoice posted and paid. Whatever an
 * earlier attempt left is taken up where it stands. Undefined: a reversal of something that never came to stand there.
 */
export async function settleSale(steps: Steps, sale: MappedSale, known: Known): Promise<SaleRow | undefined> {
  const sales = await findSales(steps.rpc, sale.reverses === undefined ? [sale.reference] : [sale.reference, sale.reverses]);
  const { standing, drafts } = steps.dedupe ? standingOf(sales, sale.reference) : { standing: undefined, drafts: [] };
  if (standing !== undefined) {
    await cancelSales(steps.rpc, drafts);
    return finishSale(steps, sale, known, standing);
  }
  const original = sales.find((one) => one.reference === sale.reverses && !isDraft(one));
  if (sale.reverses !== undefined && original === undefined) {
    await cancelSales(steps.rpc, sales);
    return undefined;
  }
  // What is taken back must have come to its end, or a later attempt would complete what is no more.
  if (original !== undefined)
    await finishSale(steps, { ...turnSale(sale), reference: original.reference, reverses: undefined }, known, original);
  const draft = await makeDraft(steps, sale, known, { drafts, origin: await originOf(steps, sale, original) });
  if (draft.state === "draft") await steps.rpc.press("sale.sale", "quote", [draft.id]);
  await steps.rpc.press("sale.sale", "confirm", [draft.id]);
  return finishSale(steps, sale, known, await readSale(steps, draft.id));
}

async function originOf(steps: Steps, sale: MappedSale, original: SaleRow | undefined): Promise<string | undefined> {
  if (original !== undefined) return `sale.sale,${original.id}`;
  const origin = sale.returnsOf === undefined ? undefined : await steps.vendorIdOf(sale.returnsOf);
  return origin !== undefined && /^sale\.sale,\d+$/.test(origin) ? origin : undefined;
}

async function finishSale(steps: Steps, sale: MappedSale, known: Known, from: SaleRow): Promise<SaleRow> {
  checkTotal(sale, from);
  if (from.state === "done") return from;
  const row = from.state === "confirmed" ? await processSale(steps, from) : from;
  const parts = await findParts(steps.rpc, row.id);
  if (parts.moves.length > 0 && row.shipment_state !== "sent") await steps.rpc.press("stock.move", "do", parts.moves);
  await bookInvoice(steps, sale, known, parts);
  const booked = await readSale(steps, row.id);
  if (booked.state === "done") return booked;
  const last = await processSale(steps, booked);
  if (last.state === "done") return last;
  throw new Ended({ kind: "uncertain", detail: `the sale is ${last.state}: invoice ${last.invoice_state}, goods ${last.shipment_state}` });
}

/** Tryton does this by itself behind a confirmation or payment, unless it was stopped in between or has a queue of its own. */
async function processSale(steps: Steps, row: SaleRow): Promise<SaleRow> {
  const done = await untilEnded(() => steps.rpc.press("sale.sale", "process", [row.id]));
  if (done !== undefined && done.kind !== "rejected") throw new Ended(done);
  const now = await readSale(steps, row.id);
  if (now.state === "confirmed") throw new Ended({ kind: "theirs", detail: `Tryton has not processed the sale yet (${now.id})` });
  return now;
}

/** A sale of another total under our reference is not the one that we mean. */
export function checkTotal(sale: MappedSale, row: SaleRow): void {
  const theirs = row.total_amount === null ? undefined : amountOf(row.total_amount, sale.exponent);
  if (theirs !== sale.total)
    throw new Ended({ kind: "foreign", detail: `sale ${row.id} under ${row.reference} is of ${row.total_amount ?? "nothing"}` });
}

async function readSale({ rpc }: Steps, id: number): Promise<SaleRow> {
  const [row] = await findSaleById(rpc, id);
  if (row === undefined) throw new Ended({ kind: "uncertain", detail: `sale ${id} is not there any more` });
  return row;
}

import { subtractAmounts, ZERO, type Amount } from "@tillsync/sync-protocol";
import { z } from "zod";
import { abs, exact } from "./decimals.ts";
import { Ended } from "./ended.ts";
import { roundingLine } from "./map-sale.ts";
import type { MappedLine, MappedSale } from "./mapped.ts";
import { cancelSales } from "./cancel-drafts.ts";
import type { Known } from "./resolve.ts";
import { findSales, standingOf, type SaleRow } from "./sale-row.ts";
import type { Steps } from "./steps.ts";
import { amountOf, date, decimal } from "./values.ts";

/** Rounding is settled by the second reading; a third shows that somebody else writes too. */
const ROUNDS_MAX = 3;
/** How the line is found again that we added for cents. */
const ROUNDING = "Rounding to the receipt's total";

/**
 * Exactly one draft under the document's reference, whose total is the receipt's. Drafts have no effect: one too many (an
 * answer was lost, a request came twice) is cancelled before any is confirmed.
 */
export async function makeDraft(
  steps: Steps,
  sale: MappedSale,
  known: Known,
  from: { readonly drafts: readonly SaleRow[]; readonly origin: string | undefined },
): Promise<SaleRow> {
  let found = [...from.drafts];
  if (found.length === 0) {
    await steps.rpc.create("sale.sale", [saleValues(steps, sale, known, from.origin)]);
    found = await readDrafts(steps, sale);
  }
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const [first, ...surplus] = found;
    if (first === undefined) throw new Ended({ kind: "uncertain", detail: "the draft that was made is not there" });
    if (steps.dedupe) await cancelSales(steps.rpc, surplus);
    const missing = missingAmount(sale, first);
    if (missing === ZERO) return first;
    await adjustRounding(steps, sale, known, first, missing);
    found = await readDrafts(steps, sale);
  }
  throw new Ended({ kind: "uncertain", detail: "the draft's total does not hold still" });
}

async function readDrafts(steps: Steps, sale: MappedSale): Promise<SaleRow[]> {
  const { standing, drafts } = standingOf(await findSales(steps.rpc, [sale.reference]), sale.reference);
  if (standing !== undefined && steps.dedupe) throw new Ended({ kind: "uncertain", detail: "someone else booked it meanwhile" });
  return steps.dedupe ? drafts : drafts.slice(-1);
}

function missingAmount(sale: MappedSale, draft: SaleRow): Amount {
  const theirs = draft.total_amount === null ? undefined : amountOf(draft.total_amount, sale.exponent);
  if (theirs === undefined) throw new Ended({ kind: "uncertain", detail: "a draft without a total" });
  return subtractAmounts(sale.total, theirs);
}

const lineRow = z.object({ id: z.number().int(), description: z.string().nullable(), unit_price: z.unknown() });

/** Sets our line for cents so that the total is the receipt's, and one that came twice to nothing. More than cents is a wrong tax or price: refused. */
async function adjustRounding(steps: Steps, sale: MappedSale, known: Known, draft: SaleRow, missing: Amount): Promise<void> {
  const { rpc } = steps;
  const ours = (await rpc.find("sale.line", "sale", [draft.id], lineRow)).filter((line) => line.description === ROUNDING);
  const before = ours.reduce((sum, line) => sum + BigInt(priceOf(line.unit_price, sale.exponent)), 0n);
  const amount = before + BigInt(missing);
  const slack = sale.lines.reduce((sum, line) => sum + line.slack, 0);
  if (abs(amount) > BigInt(slack))
    throw new Ended({
      kind: "rejected",
      detail: `Tryton's total differs by ${amount} minor units: a tax or a price digit is set up otherwise`,
    });
  if (draft.state === "quotation") await rpc.press("sale.sale", "draft", [draft.id]);
  const line = roundingLine(sale.roundingProduct, amount.toString() as Amount, sale.exponent, ROUNDING);
  const [first, ...surplus] = ours.map(({ id }) => id);
  const lines =
    first === undefined
      ? [["create", [lineValues(steps, sale, known, line)]]]
      : [
          ["write", [first], { unit_price: decimal(line.unitPrice) }],
          ...(surplus.length === 0 ? [] : [["write", surplus, { unit_price: decimal("0") }]]),
        ];
  await rpc.write("sale.sale", [draft.id], { lines });
}

function priceOf(value: unknown, exponent: number): Amount {
  const text = z.object({ decimal: z.string() }).safeParse(value);
  return (text.success ? amountOf(text.data.decimal, exponent) : undefined) ?? ZERO;
}

function saleValues(steps: Steps, sale: MappedSale, known: Known, origin: string | undefined): object {
  const customer = known.get("customers", sale.customer);
  const address = customer.addresses[0];
  if (address === undefined) throw new Ended({ kind: "set-up", detail: `the party ${sale.customer} has no address` });
  return {
    reference: sale.reference,
    description: sale.description,
    ...(origin === undefined ? {} : { origin }),
    party: customer.id,
    invoice_address: address,
    shipment_address: address,
    company: known.company,
    currency: known.get("currencies", sale.currency).id,
    warehouse: known.get("stores", sale.warehouse).id,
    sale_date: date(sale.day),
    // A till's receipt is paid: a term would ask for confirmation of a date that has passed.
    payment_term: null,
    invoice_method: "order",
    // The goods are gone already: their moves come with the lines, and no shipment waits to be picked.
    shipment_method: "manual",
    lines: [["create", sale.lines.map((line) => lineValues(steps, sale, known, line))]],
  };
}

function lineValues(steps: Steps, sale: MappedSale, known: Known, line: MappedLine): object {
  const product = known.get("items", line.product);
  const unit = line.unit === undefined ? (product.sale_uom ?? product.default_uom) : known.get("units", line.unit).id;
  const moves = steps.config.moveStock && ["goods", "assets"].includes(product.type) && exact(line.quantity).digits !== 0n;
  return {
    type: "line",
    product: product.id,
    quantity: Number(line.quantity),
    unit,
    unit_price: decimal(line.unitPrice),
    description: line.description,
    taxes: [["add", line.taxes.map((name) => known.get("taxes", name).id)]],
    ...(moves ? { moves: [["create", [moveValues(steps, sale, known, line, product.id, unit)]]] } : {}),
  };
}

/** Goods to the customer, or back onto the shop floor. */
function moveValues(steps: Steps, sale: MappedSale, known: Known, line: MappedLine, product: number, unit: number): object {
  const store = known.get("stores", sale.warehouse);
  const { storage_location: storage, output_location: output } = store;
  if (storage === null || output === null) throw new Ended({ kind: "set-up", detail: `${sale.warehouse} is no warehouse` });
  const back = line.quantity.startsWith("-");
  return {
    product,
    uom: unit,
    quantity: Math.abs(Number(line.quantity)),
    from_location: back ? known.customerLocation : output,
    to_location: back ? storage : known.customerLocation,
    company: known.company,
    currency: known.get("currencies", sale.currency).id,
    unit_price: decimal(line.unitPrice),
    ...(steps.config.bookOn === "businessDay" ? { effective_date: date(sale.day) } : {}),
  };
}

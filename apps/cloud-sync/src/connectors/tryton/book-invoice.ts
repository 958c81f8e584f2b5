import { z } from "zod";
import { Ended, untilEnded } from "./ended.ts";
import type { MappedSale } from "./mapped.ts";
import { bookPayments } from "./book-payments.ts";
import type { Known } from "./resolve.ts";
import type { SaleParts } from "./sale-row.ts";
import type { Steps } from "./steps.ts";
import { date, ids } from "./values.ts";

const dateAnswer = z.object({ __class__: z.literal("date"), year: z.number().int(), month: z.number().int(), day: z.number().int() });
const row = z.object({
  id: z.number().int(),
  state: z.enum(["draft", "validated", "posted", "paid", "cancelled"]),
  invoice_date: dateAnswer.nullable(),
  account: z.number().int(),
  lines_to_pay: ids,
});
export type InvoiceRow = z.infer<typeof row>;

/** Posts the sale's invoice and pays it with the receipt's tenders. */
export async function bookInvoice(steps: Steps, sale: MappedSale, known: Known, { id, invoices }: SaleParts): Promise<void> {
  if (invoices.length === 0) return;
  if (invoices.length > 1) throw new Ended({ kind: "foreign", detail: `sale ${id} has ${invoices.length} invoices` });
  const [found] = await readInvoice(steps, invoices);
  if (found === undefined) throw new Ended({ kind: "uncertain", detail: `the invoice of sale ${id} is not there` });
  if (found.state === "paid") return;
  if (found.state === "cancelled") throw new Ended({ kind: "foreign", detail: `the invoice of sale ${id} was cancelled in Tryton` });
  if (found.state !== "posted") await postInvoice(steps, sale, found);
  const [posted] = await readInvoice(steps, invoices);
  if (posted === undefined || posted.invoice_date === null)
    throw new Ended({ kind: "uncertain", detail: `the invoice of sale ${id} was not posted` });
  if (posted.state === "posted") await bookPayments(steps, sale, known, { ...posted, invoice_date: posted.invoice_date });
}

const readInvoice = ({ rpc }: Steps, invoices: readonly number[]): Promise<InvoiceRow[]> =>
  rpc.find("account.invoice", "id", invoices, row);

/**
 * Invoice numbers must grow with their dates: a receipt that comes late, when newer ones are numbered or its period is
 * closed, is refused on its business day and booked on the day of its arrival.
 */
async function postInvoice(steps: Steps, sale: MappedSale, invoice: InvoiceRow): Promise<void> {
  const { rpc, config } = steps;
  const post = (): Promise<unknown> => rpc.press("account.invoice", "post", [invoice.id]);
  if (config.bookOn === "arrival") {
    await post();
    return;
  }
  await rpc.write("account.invoice", [invoice.id], { invoice_date: date(sale.day) });
  const refused = await untilEnded(() => post().then(() => undefined));
  if (refused === undefined) return;
  if (refused.kind !== "rejected") throw new Ended(refused);
  await rpc.write("account.invoice", [invoice.id], { invoice_date: null });
  await post();
}

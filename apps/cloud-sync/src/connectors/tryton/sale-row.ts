import { z } from "zod";
import { Ended } from "./ended.ts";
import type { JoinedRpc } from "./joined-rpc.ts";
import { decimalAnswer, ids } from "./values.ts";

const row = z.object({
  id: z.number().int(),
  reference: z.string(),
  state: z.enum(["draft", "quotation", "confirmed", "processing", "done", "cancelled"]),
  total_amount: decimalAnswer.nullable(),
  invoice_state: z.string(),
  shipment_state: z.string(),
});
export type SaleRow = z.infer<typeof row>;

const partsRow = z.object({ id: z.number().int(), invoices: ids, moves: ids });
export type SaleParts = z.infer<typeof partsRow>;

/** What hangs on a sale: asked for apart, since Tryton takes longer over it than over all the rest. */
export async function findParts(rpc: JoinedRpc, id: number): Promise<SaleParts> {
  const [found] = await rpc.find("sale.sale", "id", [id], partsRow);
  if (found === undefined) throw new Ended({ kind: "uncertain", detail: `sale ${id} is not there any more` });
  return found;
}

/** All sales under the references, cancelled ones left out: they have no effect. */
export const findSales = (rpc: JoinedRpc, references: readonly string[]): Promise<SaleRow[]> =>
  rpc.find("sale.sale", "reference", references, row, [["state", "!=", "cancelled"]]);

export const findSaleById = (rpc: JoinedRpc, id: number): Promise<SaleRow[]> => rpc.find("sale.sale", "id", [id], row);

/** Has no effect on books or stock yet. */
export const isDraft = (sale: SaleRow): boolean => sale.state === "draft" || sale.state === "quotation";

/** The one sale that counts under a reference, and drafts beside it. Two that count are for a person. */
export function standingOf(sales: readonly SaleRow[], reference: string): { standing: SaleRow | undefined; drafts: SaleRow[] } {
  const own = sales.filter((sale) => sale.reference === reference);
  const booked = own.filter((sale) => !isDraft(sale));
  if (booked.length > 1)
    throw new Ended({ kind: "foreign", detail: `${booked.length} sales under ${reference}: ${booked.map((sale) => sale.id).join(", ")}` });
  return { standing: booked[0], drafts: own.filter(isDraft) };
}

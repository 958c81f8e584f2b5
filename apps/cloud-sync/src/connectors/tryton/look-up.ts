import type { LookUpResult } from "../connector.ts";
import type { MappedDocument, MappedSale } from "./mapped.ts";
import { findSales, standingOf } from "./sale-row.ts";
import { NOTHING_TO_TAKE_BACK } from "./settle.ts";
import { checkTotal } from "./settle-sale.ts";
import { findStock, standingStock } from "./settle-stock.ts";
import type { JoinedRpc } from "./joined-rpc.ts";

/** `unneeded`: a reversal of what does not stand there. */
type Standing =
  | { readonly kind: "done"; readonly vendorId: string; readonly sale?: MappedSale }
  | { readonly kind: "begun"; readonly vendorId: string }
  | { readonly kind: "absent" }
  | { readonly kind: "unneeded" };

/** What stands in Tryton under an item's references: two questions at most, whatever the item is. Changes nothing. */
export async function lookUp(rpc: JoinedRpc, documents: readonly MappedDocument[]): Promise<LookUpResult> {
  const sales = documents.filter((document) => document.document === "sale");
  const found = [
    ...(sales.length === 0 ? [] : await lookUpSales(rpc, sales)),
    ...(await lookUpStock(rpc, documents, "count")),
    ...(await lookUpStock(rpc, documents, "movement")),
  ].filter(({ kind }) => kind !== "unneeded");
  if (found.length === 0) return NOTHING_TO_TAKE_BACK;
  if (found.every(({ kind }) => kind === "absent")) return { kind: "absent" };
  const named = found.flatMap((one) => ("vendorId" in one ? [one.vendorId] : []));
  const vendorId = named.at(-1) ?? "";
  const last = found.at(-1);
  if (!found.every(({ kind }) => kind === "done") || last?.kind !== "done") return { kind: "unfinished", vendorId };
  const { sale } = last;
  // A void has no document of its own: what it took back is another receipt's.
  const total = sale === undefined || sale.reverses !== undefined ? undefined : { amount: sale.total, currency: sale.currency };
  return { kind: "found", vendorId, ...(total === undefined ? {} : { total }) };
}

async function lookUpSales(rpc: JoinedRpc, sales: readonly MappedSale[]): Promise<Standing[]> {
  const references = sales.flatMap(({ reference, reverses }) => (reverses === undefined ? [reference] : [reference, reverses]));
  const rows = await findSales(rpc, references);
  return sales.map((sale): Standing => {
    const { standing, drafts } = standingOf(rows, sale.reference);
    const [draft] = drafts;
    if (standing === undefined) {
      if (draft !== undefined) return { kind: "begun", vendorId: `sale.sale,${draft.id}` };
      const nothingThere = sale.reverses !== undefined && !rows.some((row) => row.reference === sale.reverses);
      return { kind: nothingThere ? "unneeded" : "absent" };
    }
    checkTotal(sale, standing);
    const vendorId = `sale.sale,${standing.id}`;
    return standing.state === "done" && draft === undefined ? { kind: "done", vendorId, sale } : { kind: "begun", vendorId };
  });
}

async function lookUpStock(rpc: JoinedRpc, all: readonly MappedDocument[], of: "count" | "movement"): Promise<Standing[]> {
  const documents = all.filter((document) => document.document !== "sale").filter(({ document }) => document === of);
  if (documents.length === 0) return [];
  const reversed = documents.flatMap((document) => ("reverses" in document && document.reverses !== undefined ? [document.reverses] : []));
  const rows = await findStock(rpc, of, [...documents.map(({ reference }) => reference), ...reversed]);
  return documents.map((document): Standing => {
    const { standing, drafts } = standingStock(rows, document.reference);
    const one = standing ?? drafts[0];
    const reverses = "reverses" in document ? document.reverses : undefined;
    if (one === undefined)
      return { kind: reverses !== undefined && !rows.some((row) => row.reference === reverses) ? "unneeded" : "absent" };
    const vendorId = `${one.model},${one.id}`;
    return standing !== undefined && drafts.length === 0 ? { kind: "done", vendorId } : { kind: "begun", vendorId };
  });
}

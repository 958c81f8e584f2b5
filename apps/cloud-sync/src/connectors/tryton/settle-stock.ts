import { z } from "zod";
import { Ended } from "./ended.ts";
import type { MappedCount, MappedGoods, MappedMovement } from "./mapped.ts";
import type { Known } from "./resolve.ts";
import type { JoinedRpc } from "./joined-rpc.ts";
import type { Steps } from "./steps.ts";
import { date } from "./values.ts";

export interface StockRow {
  readonly id: number;
  readonly model: "stock.inventory" | "stock.shipment.internal";
  readonly reference: string;
  readonly done: boolean;
}

const countRow = z.object({ id: z.number().int(), number: z.string(), state: z.string() });
const shipmentRow = z.object({ id: z.number().int(), reference: z.string(), state: z.string() });

/** Counts and internal shipments under the references, cancelled ones left out. A count bears ours as its number. */
export async function findStock(rpc: JoinedRpc, document: "count" | "movement", references: readonly string[]): Promise<StockRow[]> {
  const standing = ["state", "!=", "cancelled"];
  if (document === "count") {
    const rows = await rpc.find("stock.inventory", "number", references, countRow, [standing]);
    return rows.map(({ id, number, state }) => ({ id, model: "stock.inventory", reference: number, done: state === "done" }));
  }
  const rows = await rpc.find("stock.shipment.internal", "reference", references, shipmentRow, [standing]);
  return rows.map(({ id, reference, state }) => ({ id, model: "stock.shipment.internal", reference, done: state === "done" }));
}

export function standingStock(rows: readonly StockRow[], reference: string): { standing: StockRow | undefined; drafts: StockRow[] } {
  const own = rows.filter((row) => row.reference === reference);
  const done = own.filter((row) => row.done);
  if (done.length > 1) throw new Ended({ kind: "foreign", detail: `${done.length} documents under ${reference}` });
  return { standing: done[0], drafts: own.filter((row) => !row.done) };
}

/** Brings a count or a movement to its end: drafted, counted, done. Undefined: a reversal of what never came to stand there. */
export async function settleStock(steps: Steps, document: MappedCount | MappedMovement, known: Known): Promise<StockRow | undefined> {
  const { rpc } = steps;
  const { reference } = document;
  const reverses = document.document === "movement" ? document.reverses : undefined;
  const find = (): Promise<StockRow[]> => findStock(rpc, document.document, reverses === undefined ? [reference] : [reference, reverses]);
  const rows = await find();
  const { standing, drafts } = steps.dedupe ? standingStock(rows, reference) : { standing: undefined, drafts: [] };
  if (standing !== undefined) {
    await cancelStock(rpc, drafts);
    return standing;
  }
  if (reverses !== undefined && !rows.some((row) => row.reference === reverses && row.done)) {
    await cancelStock(rpc, rows);
    return undefined;
  }
  let [draft, ...surplus] = drafts;
  if (draft === undefined) {
    if (document.document === "count") await rpc.create("stock.inventory", [countValues(document, known)]);
    else await rpc.create("stock.shipment.internal", [movementValues(steps, document, known)]);
    const made = (await find()).filter((row) => row.reference === reference && !row.done);
    [draft, ...surplus] = steps.dedupe ? made : made.slice(-1);
  }
  if (draft === undefined) throw new Ended({ kind: "uncertain", detail: "the draft that was made is not there" });
  await cancelStock(rpc, surplus);
  const buttons = draft.model === "stock.inventory" ? ["confirm"] : ["wait", "assign_force", "done"];
  for (const button of buttons) await rpc.press(draft.model, button, [draft.id]);
  const { standing: finished } = standingStock(
    (await find()).filter((row) => row.id === draft.id),
    reference,
  );
  if (finished === undefined) throw new Ended({ kind: "uncertain", detail: `${draft.model} ${draft.id} did not come to its end` });
  return finished;
}

async function cancelStock(rpc: JoinedRpc, rows: readonly StockRow[]): Promise<void> {
  for (const { model, id } of rows) await rpc.press(model, "cancel", [id]);
}

/** Tryton takes a product once in a count; what was counted in two places adds up. */
function countValues(document: MappedCount, known: Known): object {
  const storage = storageOf(known, document.warehouse);
  const counted = new Map<number, number>();
  for (const one of document.goods) {
    const { product, quantity } = goodsValues(one, known);
    counted.set(product, (counted.get(product) ?? 0) + quantity);
  }
  const lines = [...counted].map(([product, quantity]) => ({ product, quantity: Number(quantity.toFixed(QUANTITY_DECIMALS)) }));
  return {
    number: document.reference,
    company: known.company,
    location: storage,
    date: date(document.day),
    lines: [["create", lines]],
  };
}

/** Finer than any scale of a shop; takes off what adding floats puts on. */
const QUANTITY_DECIMALS = 6;

function movementValues({ config }: Steps, document: MappedMovement, known: Known): object {
  const storage = storageOf(known, document.warehouse);
  const other =
    document.counterLocation === undefined
      ? known.get("stores", document.warehouse).lost_found_location
      : known.get("stores", document.counterLocation).id;
  if (other === null) throw new Ended({ kind: "set-up", detail: `${document.warehouse} has no lost-and-found location` });
  const [from, to] = document.direction === "in" ? [other, storage] : [storage, other];
  const between = { from_location: from, to_location: to };
  const on = date(document.day);
  return {
    reference: document.reference,
    company: known.company,
    ...between,
    ...(config.bookOn === "businessDay" ? { planned_date: on, planned_start_date: on, effective_date: on, effective_start_date: on } : {}),
    moves: [
      [
        "create",
        document.goods.map((one) => {
          const { product, uom, quantity } = goodsValues(one, known);
          return { product, uom, quantity, company: known.company, ...between };
        }),
      ],
    ],
  };
}

function storageOf(known: Known, warehouse: string): number {
  const storage = known.get("stores", warehouse).storage_location;
  if (storage === null) throw new Ended({ kind: "set-up", detail: `${warehouse} is no warehouse` });
  return storage;
}

/** Stock is counted in the product's own unit; another one is for a person, who knows the factor. */
function goodsValues(one: MappedGoods, known: Known): { product: number; uom: number; quantity: number } {
  const { id, default_uom: uom } = known.get("items", one.product);
  if (one.unit !== undefined && known.get("units", one.unit).id !== uom)
    throw new Ended({ kind: "rejected", detail: `${one.product} is not kept in ${one.unit}` });
  return { product: id, uom, quantity: Number(one.quantity) };
}

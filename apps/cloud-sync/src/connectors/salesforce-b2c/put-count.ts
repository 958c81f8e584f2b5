import { z } from "zod";
import type { SendResult } from "../connector.ts";
import type { JsonAnswer, JsonLine } from "../http/json-line.ts";
import type { Outcome } from "../outcome.ts";
import { faultOf, refusalOf } from "./fault.ts";
import { pathOfRecord, type PlannedCount } from "./plan-count.ts";

const recordSchema = z.object({
  product_id: z.string().optional(),
  inventory_list_id: z.string().optional(),
  allocation: z.object({ amount: z.number().optional(), reset_date: z.string().optional() }).optional(),
});
type Product = PlannedCount["products"][number];
/** `due`: to be written, as it was read just now. `done`: it stands, or was reset later. `missing`: the list has no such product. */
type State = "due" | "done" | "missing";

/** Products of one count that are asked or written at once. */
const AT_ONCE = 4;
/** Counts that are remembered while they are under way. */
const COUNTS_REMEMBERED = 50;

/**
 * Products of counts that are in the list (`true`: and done): one that takes longer than a send goes on where it was. That
 * one is due is not remembered: a later count may have come since.
 */
export type Progress = Map<string, Map<string, boolean>>;

/**
 * Puts what was counted, product by product. The same amount of the same time again changes nothing, and a record that was
 * reset later is left alone. All products are read before any is written: one that the list lacks holds the whole count.
 */
export async function putCount(http: JsonLine, count: PlannedCount, progress: Progress): Promise<SendResult> {
  const known = recall(progress, count.reference);
  const now = new Map<string, State>();
  const read = async (product: Product): Promise<Outcome<State>> => {
    const state = await readState(http, count, product);
    if (state.kind !== "ok") return state;
    now.set(product.id, state.value);
    if (state.value !== "missing") known.set(product.id, state.value === "done");
    return state;
  };
  const unread = await eachOf(
    count.products.filter(({ id }) => !known.has(id)),
    read,
  );
  if (unread !== undefined) return unread;
  const missing = [...now].flatMap(([code, state]) => (state === "missing" ? [{ table: "items", code }] : []));
  if (missing.length > 0) return { kind: "mapping-missing", missing };
  const undone = await eachOf(
    count.products.filter(({ id }) => known.get(id) !== true),
    async (product) => {
      const state = now.get(product.id);
      const fresh: Outcome<State> = state === undefined ? await read(product) : { kind: "ok", value: state };
      if (fresh.kind !== "ok" || fresh.value === "done") return fresh;
      const written = await write(http, count, product);
      if (written.kind === "ok") known.set(product.id, true);
      return written;
    },
  );
  if (undone !== undefined) return undone;
  progress.delete(count.reference);
  return { kind: "delivered", vendorId: count.list };
}

/** A few at a time; the first that does not come to its end ends it all. */
async function eachOf(products: readonly Product[], step: (product: Product) => Promise<Outcome<State>>): Promise<SendResult | undefined> {
  for (let at = 0; at < products.length; at += AT_ONCE) {
    const results = await Promise.all(products.slice(at, at + AT_ONCE).map(step));
    const ended = results.find((result) => result.kind !== "ok");
    if (ended !== undefined) return ended;
  }
  return undefined;
}

async function readState(http: JsonLine, count: PlannedCount, product: Product): Promise<Outcome<State>> {
  const result = await http.call({ method: "GET", path: pathOfRecord(count.list, product.id) });
  if (result.kind !== "answer") return result;
  if (result.answer.status === 404 && faultOf(result.answer) === "ProductInventoryRecordNotFoundException")
    return { kind: "ok", value: "missing" };
  const record = judge(result.answer, count, product);
  if (record.kind !== "ok") return record;
  const { amount, reset_date } = record.value.allocation ?? {};
  const since = reset_date === undefined ? Number.NEGATIVE_INFINITY : Date.parse(reset_date);
  const own = Date.parse(count.resetDate);
  return { kind: "ok", value: since > own || (since === own && amount === product.amount) ? "done" : "due" };
}

async function write(http: JsonLine, count: PlannedCount, product: Product): Promise<Outcome<State>> {
  const body = { allocation: { amount: product.amount, reset_date: count.resetDate } };
  const result = await http.call({ method: "PATCH", path: pathOfRecord(count.list, product.id), body });
  if (result.kind !== "answer") return result;
  const record = judge(result.answer, count, product);
  if (record.kind !== "ok") return record;
  return record.value.allocation?.amount === product.amount
    ? { kind: "ok", value: "done" }
    : { kind: "uncertain", detail: `the allocation of ${product.id} is another after it was put` };
}

/** The record of this product in this list. */
function judge(answer: JsonAnswer, { list }: PlannedCount, { id }: Product): Outcome<z.infer<typeof recordSchema>> {
  if (answer.status >= 300) return refusalOf(answer);
  const parsed = recordSchema.safeParse(answer.json);
  // A record names itself: an answer without that may be anything.
  if (answer.status !== 200 || !parsed.success || parsed.data.product_id === undefined)
    return { kind: "uncertain", detail: `status ${answer.status} with an answer of another shape` };
  const isOurs = parsed.data.product_id === id && (parsed.data.inventory_list_id ?? list) === list;
  return isOurs ? { kind: "ok", value: parsed.data } : { kind: "foreign", detail: "the answer's inventory record is another's" };
}

function recall(progress: Progress, reference: string): Map<string, boolean> {
  const known = progress.get(reference) ?? new Map<string, boolean>();
  progress.set(reference, known);
  const oldest = progress.size > COUNTS_REMEMBERED ? progress.keys().next().value : undefined;
  if (oldest !== undefined && oldest !== reference) progress.delete(oldest);
  return known;
}

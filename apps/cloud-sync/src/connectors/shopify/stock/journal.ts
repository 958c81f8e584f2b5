import { z } from "zod";
import type { Fault, Outcome } from "../../outcome.ts";
import { callShopify, type ShopifyLine } from "../line.ts";
import { NEITHER } from "../user-errors.ts";
import { handleOf } from "./plan-stock.ts";

/** Shopify cannot be asked what an adjustment did: what we were about to do is written down there first, under our reference. */
const ENTRY = `id handle updatedAt field(key: "entry") { value }`;
const READ = `query ReadStockEntry($handle: MetaobjectHandleInput!) { metaobjectByHandle(handle: $handle) { ${ENTRY} } }`;
const WRITE = `mutation WriteStockEntry($handle: MetaobjectHandleInput!, $metaobject: MetaobjectUpsertInput!) {
  metaobjectUpsert(handle: $handle, metaobject: $metaobject) { metaobject { ${ENTRY} } userErrors { code message } } }`;

const quantity = z.number().int();
const changeSchema = z.object({ item: z.string(), from: quantity, to: quantity });
const entrySchema = z.object({
  reference: z.string(),
  /** `begun`: sent, or about to be. `refused`: Shopify said no, and nothing moved. `done`: it moved. */
  state: z.enum(["begun", "refused", "done"]),
  kind: z.enum(["count", "movement"]),
  location: z.string(),
  reason: z.string(),
  /** Each attempt has a key of its own. */
  attempt: quantity,
  /** When the attempt began, by our clock. */
  atMs: z.number(),
  changes: z.array(changeSchema),
  /** Shopify's id of what was done. */
  group: z.string().optional(),
});
export type StockEntry = z.infer<typeof entrySchema>;

/** An entry as it stands. `writtenAt`: when, by Shopify's clock. */
export interface StandingEntry {
  readonly entry: StockEntry;
  readonly writtenAt: string;
}

const metaobjectSchema = z.object({ updatedAt: z.string(), field: z.object({ value: z.string().nullable() }).nullable() });
const readSchema = z.object({ metaobjectByHandle: metaobjectSchema.nullable() });
const writeSchema = z.object({
  metaobjectUpsert: z.object({
    metaobject: metaobjectSchema.nullable(),
    userErrors: z.array(z.object({ code: z.string().nullable(), message: z.string() })),
  }),
});

/** What stands in the journal under a reference; undefined: nothing, so that nothing was ever sent under it. */
export async function readEntry(line: ShopifyLine, reference: string): Promise<Outcome<StandingEntry | undefined>> {
  const read = await callShopify(line, READ, { handle: handle(line, reference) }, readSchema);
  if (read.kind !== "ok") return read;
  const found = read.value.metaobjectByHandle;
  return found === null ? { kind: "ok", value: undefined } : parse(found, reference);
}

export async function writeEntry(line: ShopifyLine, entry: StockEntry): Promise<Outcome<StandingEntry>> {
  const metaobject = { fields: [{ key: "entry", value: JSON.stringify(entry) }] };
  const written = await callShopify(line, WRITE, { handle: handle(line, entry.reference), metaobject }, writeSchema);
  if (written.kind !== "ok") return written;
  const { metaobject: made, userErrors } = written.value.metaobjectUpsert;
  const [refused] = userErrors;
  if (made === null) return refused === undefined ? NEITHER : refusedEntry(line, refused.code ?? refused.message.slice(0, 100));
  const standing = parse(made, entry.reference);
  if (standing.kind !== "ok" || isSame(standing.value.entry, entry)) return standing;
  return { kind: "foreign", detail: "the answer's journal entry is another's" };
}

/** Without a journal nothing can be moved: no item would get through. */
const refusedEntry = ({ config }: ShopifyLine, code: string): Fault =>
  ["UNDEFINED_OBJECT_TYPE", "UNDEFINED_OBJECT_FIELD", "NOT_AUTHORIZED", "MAX_OBJECTS_EXCEEDED"].includes(code)
    ? { kind: "set-up", detail: `the journal of stock (metaobject ${config.stock?.journal ?? ""}) cannot be written: ${code}` }
    : { kind: "rejected", detail: `the journal of stock refuses an entry: ${code}` };

const handle = ({ config }: ShopifyLine, reference: string): object => ({
  type: config.stock?.journal ?? "",
  handle: handleOf(reference),
});

const isSame = (one: StockEntry, other: StockEntry): boolean => one.state === other.state && one.attempt === other.attempt;

function parse({ updatedAt, field }: z.infer<typeof metaobjectSchema>, reference: string): Outcome<StandingEntry> {
  const entry = entrySchema.safeParse(asJson(field?.value ?? ""));
  if (!entry.success || entry.data.reference !== reference)
    return { kind: "foreign", detail: "a journal entry that is not ours stands under our reference" };
  return { kind: "ok", value: { entry: entry.data, writtenAt: updatedAt } };
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

import { z } from "zod";
import type { LookUpResult, SendResult } from "../connector.ts";
import { readAllVariants, type Variant } from "./names.ts";
import { setStock } from "./operations.ts";
import { dataOf, done, ended, type Outcome } from "./outcome.ts";
import type { CountPlan } from "./plan-count.ts";
import type { Vendure } from "./vendure-line.ts";

const VARIANTS_PER_REQUEST = 50;

/** The last count of each store, kept with the variant, so that an older one that comes late or again changes nothing. */
const marksSchema = z.record(z.string(), z.object({ tpos: z.number().int(), reference: z.string() }));
type Marks = z.infer<typeof marksSchema>;

/**
 * Sets the stock on hand of a store to what was counted. The mark of the count is written in the same transaction. Counts
 * of one session go one after the other, since the marks of all stores are one field of a variant.
 */
export async function countStock(vendure: Vendure, plan: CountPlan): Promise<SendResult> {
  const outcome = await setLevels(vendure, plan);
  if (outcome.kind === "ended") return outcome.result;
  return outcome.kind === "done" ? { kind: "delivered", vendorId: plan.store } : { kind: "theirs", detail: outcome.why };
}

async function setLevels(vendure: Vendure, plan: CountPlan): Promise<Outcome<null>> {
  const { store, tpos, reference } = plan;
  const location = await vendure.names.stockLocation(store);
  if (location.kind !== "done") return location;
  const read = await readLevels(vendure, plan);
  if (read.kind !== "done") return read;
  const due = read.value.filter(({ marks }) => !isCounted(marks, plan));
  for (let at = 0; at < due.length; at += VARIANTS_PER_REQUEST) {
    const some = due.slice(at, at + VARIANTS_PER_REQUEST);
    const variants = some.map(({ id, onHand, marks }) => ({
      id,
      stockLevels: [{ stockLocationId: location.value, stockOnHand: onHand }],
      customFields: { posCounts: JSON.stringify({ ...marks, [store]: { tpos, reference } }) },
    }));
    const answer = dataOf(await vendure.ask(setStock, { variants }));
    if (answer.kind !== "done") return answer;
    const told = new Set(answer.value.made.map((variant) => variant?.id));
    if (some.some(({ id }) => !told.has(id))) return ended({ kind: "uncertain", detail: "the answer to a count does not show all of it" });
  }
  return done(null);
}

/** What stands of a count. */
export async function lookUpCount(vendure: Vendure, plan: CountPlan): Promise<LookUpResult> {
  const read = await readLevels(vendure, plan);
  if (read.kind === "again") return { kind: "theirs", detail: read.why };
  if (read.kind === "ended") return read.result.kind === "cause-missing" ? { kind: "absent" } : read.result;
  const counted = read.value.filter(({ marks }) => isCounted(marks, plan)).length;
  if (counted === read.value.length) return { kind: "found", vendorId: plan.store };
  return counted === 0 ? { kind: "absent" } : { kind: "unfinished", vendorId: plan.store };
}

interface Level {
  readonly id: string;
  readonly onHand: number;
  readonly marks: Marks;
}

async function readLevels({ ask }: Vendure, { levels }: CountPlan): Promise<Outcome<Level[]>> {
  const variants = await readAllVariants(
    ask,
    levels.map(({ sku }) => sku),
  );
  if (variants.kind !== "done") return variants;
  const onHand = new Map(levels.map((level) => [level.sku, level.onHand]));
  return done(variants.value.map((variant) => ({ id: variant.id, onHand: onHand.get(variant.sku) ?? 0, marks: readMarks(variant) })));
}

const isCounted = (marks: Marks, { store, tpos }: CountPlan): boolean =>
  (Object.hasOwn(marks, store) ? (marks[store]?.tpos ?? 0) : 0) >= tpos;

/** A field that someone else wrote into has no marks. */
function readMarks({ customFields }: Variant): Marks {
  try {
    return marksSchema.catch({}).parse(JSON.parse(customFields.posCounts ?? "{}"));
  } catch {
    return {};
  }
}

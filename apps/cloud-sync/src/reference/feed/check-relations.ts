import type { Product } from "@tillsync/sync-protocol";
import type { Queryable } from "../../db/database.ts";
import { sql } from "../../db/sql.ts";
import { columnText } from "../write-documents.ts";
import type { CheckedRow } from "./check-row.ts";
import { RELATION_STEPS_MAX } from "./limits.ts";
import type { Refusal } from "./report.ts";

/** Of each product, what it points to. */
type Links = Map<string, readonly string[]>;
const KINDS = { variantOf: "variantOf", components: "components" } as const;
type Kind = keyof typeof KINDS;

const targetsOf = (product: Product, kind: Kind): readonly string[] =>
  kind === "components"
    ? (product.components ?? []).map((part) => part.itemId)
    : product.variantOf === undefined
      ? []
      : [product.variantOf];

export const hasLinks = (product: Product): boolean => product.variantOf !== undefined || (product.components ?? []).length > 0;

/**
 * Rows of products that would lie on a circle of variants or sets, or above too many steps, given what is stored and the
 * other rows of the batch. What refers to itself only if a refused row were taken is judged again without it.
 */
export async function wrongRelations(tx: Queryable, rows: readonly CheckedRow[]): Promise<ReadonlyMap<CheckedRow, Refusal>> {
  const wrong = new Map<CheckedRow, Refusal>();
  if (!rows.some((row) => hasLinks(row.change.fields as Product))) return wrong;
  // A refused row leaves its stored self in force, which may close a circle of either kind: again until none is found.
  for (let before = -1; before !== wrong.size;) {
    before = wrong.size;
    for (const kind of Object.values(KINDS)) {
      const offered = new Map(rows.filter((row) => !wrong.has(row)).map((row) => [row.change.id, row]));
      const links = await linksBelow(tx, offered, kind);
      for (const row of offered.values()) {
        const refusal = judge(row.change.id, links, kind);
        if (refusal !== undefined) wrong.set(row, refusal);
      }
    }
  }
  return wrong;
}

/** Links of the offered products and of all that is below them, as the stored ones say where none is offered. */
async function linksBelow(tx: Queryable, offered: ReadonlyMap<string, CheckedRow>, kind: Kind): Promise<Links> {
  const links: Links = new Map([...offered].map(([id, row]) => [id, targetsOf(row.change.fields as Product, kind)]));
  let open = [...links.values()].flat();
  for (let step = 0; step <= RELATION_STEPS_MAX; step += 1) {
    const unknown = [...new Set(open)].filter((id) => !links.has(id));
    if (unknown.length === 0) break;
    const rows = await tx.query<{ id: string; body: string }>(sql`
      SELECT id, body::text AS body FROM reference_document
      WHERE collection = 'products' AND id = ANY(${unknown.map(columnText)}::text[]) AND body IS NOT NULL`);
    for (const id of unknown) links.set(id, []);
    for (const row of rows) links.set(row.id, targetsOf(JSON.parse(row.body) as Product, kind));
    open = rows.flatMap((row) => links.get(row.id) ?? []);
  }
  return links;
}

/** Level by level, each product once: a diamond is no circle, and wide sets cost no more than they have parts. */
function judge(start: string, links: Links, kind: Kind): Refusal | undefined {
  let level = links.get(start) ?? [];
  const met = new Set<string>();
  for (let steps = 1; level.length > 0; steps += 1) {
    if (level.includes(start)) return { code: "reference.cycle", detail: `${kind}: comes back to itself after ${steps} steps` };
    if (steps > RELATION_STEPS_MAX) return { code: "reference.too-deep", detail: `${kind}: more than ${RELATION_STEPS_MAX} steps` };
    const next = new Set<string>();
    for (const id of level) {
      met.add(id);
      for (const target of links.get(id) ?? []) if (!met.has(target)) next.add(target);
    }
    level = [...next];
  }
  return undefined;
}

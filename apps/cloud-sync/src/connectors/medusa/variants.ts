import { z } from "zod";
import type { MissingCode } from "../connector.ts";
import type { Outcome } from "../outcome.ts";
import { callMedusa, type MedusaLine } from "./line.ts";

const SKUS_PER_REQUEST = 20;
/** SKUs that are remembered; a variant keeps its id for ever. */
const KNOWN_MAX = 20_000;
const foundSchema = z.object({ variants: z.array(z.object({ id: z.string().min(1), sku: z.string().nullish() })) });

/** Makes the ids of all SKUs known, or says which ones Medusa does not have. */
export async function learnVariants(
  line: MedusaLine,
  skus: readonly string[],
): Promise<Outcome<null> | { readonly kind: "mapping-missing"; readonly missing: readonly MissingCode[] }> {
  const unknown = [...new Set(skus)].filter((sku) => !line.variants.has(sku));
  if (line.variants.size > KNOWN_MAX) line.variants.clear();
  for (let at = 0; at < unknown.length; at += SKUS_PER_REQUEST) {
    const some = unknown.slice(at, at + SKUS_PER_REQUEST);
    const query = {
      fields: "id,sku",
      limit: String(SKUS_PER_REQUEST * 2),
      ...Object.fromEntries(some.map((sku, n) => [`sku[${n}]`, sku])),
    };
    const found = await callMedusa(line, { method: "GET", path: "/admin/product-variants", query }, foundSchema);
    if (found.kind !== "ok") return found;
    if (found.value.variants.some(({ sku }) => !some.includes(sku ?? "")))
      return { kind: "uncertain", detail: "the look-up answers with other articles" };
    for (const { id, sku } of found.value.variants) line.variants.set(sku ?? "", id);
  }
  const missing = unknown.filter((sku) => !line.variants.has(sku)).map((code) => ({ table: "items", code }));
  return missing.length === 0 ? { kind: "ok", value: null } : { kind: "mapping-missing", missing };
}

import type { ConnectorPorts } from "../connector.ts";
import type { Ask } from "./ask.ts";
import { findPlaces, findVariants } from "./operations.ts";
import { dataOf, done, ended, type Outcome } from "./outcome.ts";

/** Names change rarely, and a stale one is refused by Vendure or gone from it. */
const KEEP_MS = 600_000;
const NAMES_MAX = 20_000;
/** As many as Vendure lists at once by default. */
const SKUS_PER_REQUEST = 100;

/** Vendure's ids of what our mapping names. */
export interface Names {
  /** Ids by SKU. Ends with `mapping-missing` for SKUs that Vendure does not have, and `rejected` for those that two variants have. */
  variants(skus: readonly string[]): Promise<Outcome<ReadonlyMap<string, string>>>;
  shippingMethod(): Promise<Outcome<string>>;
  stockLocation(name: string): Promise<Outcome<string>>;
}

export function openNames(ask: Ask, ports: Pick<ConnectorPorts, "nowMs">, shippingCode: string): Names {
  const known = new Map<string, { id: string; atMs: number }>();
  const recall = (key: string): string | undefined => {
    const entry = known.get(key);
    const ageMs = entry === undefined ? KEEP_MS : ports.nowMs() - entry.atMs;
    return ageMs >= 0 && ageMs < KEEP_MS ? entry?.id : undefined;
  };
  const keep = (key: string, id: string): void => {
    if (known.size >= NAMES_MAX) known.clear();
    known.set(key, { id, atMs: ports.nowMs() });
  };
  const place = async (key: string, store: string): Promise<Outcome<string>> => {
    const recalled = recall(key);
    if (recalled !== undefined) return done(recalled);
    const found = dataOf(await ask(findPlaces, { shipping: shippingCode, store }));
    if (found.kind !== "done") return found;
    const method = found.value.shippingMethods.items.find((item) => item.code === shippingCode);
    const location = found.value.stockLocations.items.find((item) => item.name === store);
    if (method !== undefined) keep("shipping", method.id);
    if (location !== undefined) keep(`store ${store}`, location.id);
    const id = recall(key);
    if (id !== undefined) return done(id);
    return key === "shipping"
      ? ended({ kind: "set-up", detail: `no shipping method with the code ${shippingCode}` })
      : ended({ kind: "mapping-missing", missing: [{ table: "stores", code: store }] });
  };
  return {
    shippingMethod: () => place("shipping", ""),
    stockLocation: (name) => place(`store ${name}`, name),
    variants: async (skus) => {
      const unknown = [...new Set(skus)].filter((sku) => recall(`sku ${sku}`) === undefined);
      const ids = new Map(skus.map((sku) => [sku, recall(`sku ${sku}`) ?? ""]));
      for (let at = 0; at < unknown.length; at += SKUS_PER_REQUEST) {
        const found = await readVariants(ask, unknown.slice(at, at + SKUS_PER_REQUEST));
        if (found.kind !== "done") return found;
        for (const { sku, id } of found.value) {
          ids.set(sku, id);
          keep(`sku ${sku}`, id);
        }
      }
      const missing = [...ids].filter(([, id]) => id === "").map(([sku]) => ({ table: "items", code: sku }));
      return missing.length === 0 ? done(ids) : ended({ kind: "mapping-missing", missing });
    },
  };
}

export type Variant = {
  readonly id: string;
  readonly sku: string;
  readonly customFields: { readonly posCounts?: string | null | undefined };
};

/** Variants by SKU, at most `SKUS_PER_REQUEST`; a SKU that two have ends the item, since nobody can say which is meant. */
async function readVariants(ask: Ask, skus: readonly string[]): Promise<Outcome<readonly Variant[]>> {
  const found = dataOf(await ask(findVariants, { skus, take: SKUS_PER_REQUEST }));
  if (found.kind !== "done") return found;
  const { items } = found.value.productVariants;
  const asked = new Set(skus.map((sku) => sku.toLowerCase()));
  if (items.some(({ sku }) => !asked.has(sku.toLowerCase())))
    return ended({ kind: "uncertain", detail: "the look-up answers with other articles" });
  const twice = items.find((item, at) => items.findIndex(({ sku }) => sku === item.sku) !== at);
  if (twice !== undefined) return ended({ kind: "rejected", detail: `two variants have the SKU ${twice.sku}` });
  return done(items);
}

/** Variants by SKU, read anew; those that Vendure does not have are missing in the mapping. */
export async function readAllVariants(ask: Ask, skus: readonly string[]): Promise<Outcome<readonly Variant[]>> {
  const all: Variant[] = [];
  for (let at = 0; at < skus.length; at += SKUS_PER_REQUEST) {
    const found = await readVariants(ask, skus.slice(at, at + SKUS_PER_REQUEST));
    if (found.kind !== "done") return found;
    all.push(...found.value);
  }
  const missing = skus.filter((sku) => !all.some((variant) => variant.sku === sku)).map((sku) => ({ table: "items", code: sku }));
  return missing.length === 0 ? done(all) : ended({ kind: "mapping-missing", missing });
}

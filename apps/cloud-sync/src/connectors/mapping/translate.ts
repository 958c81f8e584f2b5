import type { Line, Tax, Tender } from "@tillsync/sync-protocol";
import type { MissingCode } from "../connector.ts";
import type { Mapping } from "./mapping.ts";

type Table = "stores" | "tenders" | "taxes" | "accounts" | "customers";

/**
 * Translates codes of one receipt and remembers those that the mapping lacks, so that a person is told of all of them at
 * once. A missing code is translated to the empty string: nobody sends a document while `missing` is not empty.
 */
export interface Translation {
  store(posStore: string): string;
  tender(tender: Pick<Tender, "type" | "card">): string;
  tax(tax: Pick<Tax, "rate" | "category"> | undefined): string;
  item(line: Pick<Line, "itemId" | "gtin">): string;
  account(role: string): string;
  /** `undefined`: no member was there; the walk-in customer, if the mapping has one. */
  customer(memberRef: string | undefined): string;
  readonly missing: readonly MissingCode[];
}

export function startTranslation(mapping: Mapping): Translation {
  const missing = new Map<string, MissingCode>();
  const miss = (table: string, code: string): string => {
    missing.set(`${table} ${code}`, { table, code });
    return "";
  };
  const find = (table: Table, ...codes: string[]): string => {
    const [first = ""] = codes;
    for (const code of [...codes, "*"]) {
      const found = Object.hasOwn(mapping[table], code) ? mapping[table][code] : undefined;
      if (found !== undefined) return found;
    }
    return miss(table, first);
  };
  return {
    store: (posStore) => find("stores", posStore),
    tender: ({ type, card }) => find("tenders", ...(card?.scheme === undefined ? [] : [`${type}:${card.scheme}`]), type),
    tax: (tax) => {
      if (tax === undefined) return find("taxes", "none");
      const category = tax.category === undefined ? [] : [`category:${tax.category}`];
      const rate = tax.rate === undefined ? [] : [tax.rate];
      return find("taxes", ...category, ...rate, ...(category.length + rate.length === 0 ? ["unknown"] : []));
    },
    item: (line) => itemCode(mapping, line) ?? miss("items", line.itemId),
    account: (role) => find("accounts", role),
    customer: (memberRef) => find("customers", memberRef ?? "none"),
    get missing() {
      return [...missing.values()];
    },
  };
}

function itemCode({ items }: Mapping, line: Pick<Line, "itemId" | "gtin">): string | undefined {
  const named = [line.itemId, line.gtin].find((code) => code !== undefined && Object.hasOwn(items.table, code));
  if (named !== undefined) return items.table[named];
  const own = items.by === "itemId" ? line.itemId : items.by === "gtin" ? line.gtin : undefined;
  return own ?? items.table["*"] ?? items.fallback;
}

import { seededRandom } from "../pos-generator/random.ts";

export interface CatalogueItem {
  readonly id: string;
  readonly gtin: string;
  readonly description: string;
  readonly department: string;
  readonly weighed: boolean;
  /** The style that it is a size of. */
  readonly variantOf?: string;
  readonly components?: readonly { readonly itemId: string; readonly quantity: string }[];
  /** Minor units. */
  readonly cents: number;
  /** Minor units of a week's offer. */
  readonly offerCents?: number;
}

const GOODS = ["Café crème", "Käse", "Brötchen", "Äpfel", "Shampoo", "T-Shirt", "Socken", "Notizbuch", "Kerze", "Olivenöl"] as const;
const SIZES = ["S", "M", "L"] as const;
const DEPARTMENTS = ["food", "household", "textiles", "stationery"] as const;

/** A catalogue as a retailer's system would hold it: the same seed gives the same one. Every tenth item is a set, some are sizes. */
export function makeCatalogue(count: number, seed: string): CatalogueItem[] {
  const random = seededRandom(`catalogue ${seed}`);
  const items: CatalogueItem[] = [];
  for (let n = 1; n <= count; n += 1) {
    const cents = random.int(49, 9_999);
    const size = n % 4 === 3 ? random.pick(SIZES) : undefined;
    const isSet = n % 10 === 0;
    items.push({
      id: String(100_000 + n),
      gtin: withCheckDigit(`040063${String(n).padStart(7, "0")}`),
      description: `${random.pick(GOODS)} ${n}${size === undefined ? "" : ` ${size}`}`,
      department: random.pick(DEPARTMENTS),
      weighed: !isSet && random.chance(10),
      cents,
      ...(size === undefined ? {} : { variantOf: String(100_000 + n - 2) }),
      ...(isSet
        ? { components: [n - 3, n - 1].map((part) => ({ itemId: String(100_000 + part), quantity: String(random.int(1, 6)) })) }
        : {}),
      ...(random.chance(20) ? { offerCents: Math.max(1, cents - random.int(1, Math.floor(cents / 2))) } : {}),
    });
  }
  return items;
}

/** GS1 check digit of a 13-digit body. */
function withCheckDigit(body: string): string {
  const sum = Array.from(body).reduce((total, digit, at) => total + Number(digit) * (at % 2 === 0 ? 3 : 1), 0);
  return `${body}${(10 - (sum % 10)) % 10}`;
}

import { z } from "zod";

const CODES_MAX = 100_000;
const codeTable = z
  .record(z.string().min(1).max(200), z.string().min(1).max(200))
  .refine((table) => Object.keys(table).length <= CODES_MAX, `at most ${CODES_MAX} codes`)
  .default({});

/**
 * How our codes are called at a destination. Declared in the destination's file, versioned with it, and enough to say for
 * any receipt, without asking anyone, what will be sent. `*` in a table stands for every code that is not named; without
 * it a missing name holds the receipt back until someone adds it.
 */
export const mappingSchema = z.strictObject({
  version: z.literal(1),
  /** POS store number: the receiver's store, warehouse, location, site. */
  stores: codeTable,
  /** Tender type (`cash`), or type and scheme (`card:VISA`): payment method, journal, account. */
  tenders: codeTable,
  /** Tax rate as a decimal (`19`), or `category:X` as the POS names it: tax code. `none`: untaxed. */
  taxes: codeTable,
  items: z
    .strictObject({
      /** What the receiver's own item numbers are: sent as they are, unless `table` names another. */
      by: z.enum(["itemId", "gtin", "table"]).default("itemId"),
      table: codeTable,
      /** The receiver's collective item, for what it does not know. */
      fallback: z.string().min(1).max(200).optional(),
    })
    .default({ by: "itemId", table: {} }),
  /** Account roles of the connector (`sales`, `rounding`, `deposits`): account numbers. */
  accounts: codeTable,
  /** Member pseudonym: the receiver's customer; `*`: the walk-in customer. */
  customers: codeTable,
});
export type Mapping = z.infer<typeof mappingSchema>;

/** A mapping that names nothing: every code is sent as it is or missing. */
export const emptyMapping: Mapping = mappingSchema.parse({ version: 1 });

import { currencySchema, tenderTypes } from "@tillsync/sync-protocol";
import { z } from "zod";
import { isKnownEncoding } from "../../kit/bytes/encoding.ts";
import { timeZoneSchema } from "../../kit/fields/zone-rule.ts";
import { DELIMITED_COLUMNS_MAX } from "../../kit/limits.ts";
import { dateFormatSchema } from "./dates.ts";

const columnName = z.string().min(1).max(200);

/** A regular expression of the mapping. It comes from the shop's own configuration, and is tried on one field at a time. */
const patternSchema = z
  .string()
  .min(1)
  .max(500)
  .refine((pattern) => {
    try {
      return new RegExp(pattern, "u").source !== "";
    } catch {
      return false;
    }
  }, "not a regular expression");

/** A constant, or a column; `match` keeps the first group of the expression (`17243.0` -> `17243`). */
const valueSchema = z.union([
  z.string().min(1).max(200),
  z.strictObject({
    column: columnName,
    match: patternSchema.optional(),
    default: z.string().max(200).optional(),
  }),
]);
export type ValueSource = z.infer<typeof valueSchema>;

/** What numbers a receipt: a column, or parts put together where the file has no number of its own. */
const sequenceSchema = z.union([
  valueSchema,
  z.strictObject({
    join: z
      .array(
        z.union([
          valueSchema,
          /** A keyed hash, for columns that name a person. */
          z.strictObject({ pseudonym: z.enum(["customer", "member"]), column: columnName }),
          /** How many rows before this one, without interruption, have the same values: 1, 2, 3 ... */
          z.strictObject({ runningNumberWithin: z.array(columnName).min(1).max(10) }),
        ]),
      )
      .min(1)
      .max(10),
    separator: z
      .string()
      .regex(/^[._-]?$/)
      .default("."),
  }),
]);

const conditionSchema = z
  .strictObject({
    column: columnName,
    matches: patternSchema.optional(),
    equals: z.string().max(200).optional(),
    is: z.enum(["empty", "negative", "zero", "positive"]).optional(),
  })
  .refine((c) => [c.matches, c.equals, c.is].filter((test) => test !== undefined).length === 1, "exactly one of matches, equals, is");
export type Condition = z.infer<typeof conditionSchema>;

const numberFormat = {
  decimalSeparator: z.enum([".", ","]).default("."),
  groupSeparator: z.enum([",", ".", " ", "'", "\u00a0", "\u202f"]).optional(),
  /** Tried in order. Letters as in Unicode dates: yyyy MM dd HH mm ss, and M d H for one or two digits. */
  dateFormats: z.array(dateFormatSchema).min(1).max(10).default(["yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd"]),
  encoding: z.string().refine(isKnownEncoding, "unknown encoding").default("utf-8"),
};

const csvSchema = z.strictObject({
  kind: z.literal("csv"),
  delimiter: z
    .string()
    .regex(/^[,;\t|:~^]$/u, "one of , ; tab | : ~ ^")
    .default(","),
  quote: z.union([z.literal('"'), z.literal("'"), z.null()]).default('"'),
  /** True: the first row names the columns. False: `columns` does. */
  header: z.boolean().default(true),
  columns: z.array(columnName).min(1).max(DELIMITED_COLUMNS_MAX).optional(),
  ...numberFormat,
});

const fixedWidthSchema = z.strictObject({
  kind: z.literal("fixedWidth"),
  /** `start` counts characters from 0. */
  columns: z
    .array(z.strictObject({ name: columnName, start: z.number().int().min(0).max(10_000), length: z.number().int().min(1).max(10_000) }))
    .min(1)
    .max(DELIMITED_COLUMNS_MAX),
  ...numberFormat,
});

const lineSchema = z.strictObject({
  itemId: valueSchema,
  description: valueSchema.optional(),
  department: valueSchema.optional(),
  gtin: valueSchema.optional(),
  quantity: valueSchema.default("1"),
  uom: valueSchema.default("EA"),
  unitPrice: valueSchema.optional(),
  /** The row's amount. Left out: quantity times unit price, rounded as `rounding` says. */
  amount: valueSchema.optional(),
  tax: z.strictObject({ amount: valueSchema, rate: valueSchema.optional(), includedInPrice: z.boolean() }).optional(),
});

/** A mapping document: how the rows of one kind of file become transactions. Only what it names survives. */
export const mappingSchema = z
  .strictObject({
    description: z.string().max(1_000).optional(),
    format: z.discriminatedUnion("kind", [csvSchema, fixedWidthSchema]),
    store: valueSchema,
    workstation: valueSchema,
    currency: z.union([currencySchema, z.strictObject({ column: columnName })]),
    timeZone: timeZoneSchema.optional(),
    /** Rows that follow each other with the same values here are one transaction. Left out: every row is one. */
    groupBy: z.array(columnName).min(1).max(10).optional(),
    sequence: sequenceSchema,
    businessDay: z.strictObject({ column: columnName }),
    begin: z.strictObject({ column: columnName }).optional(),
    end: z.strictObject({ column: columnName }).optional(),
    receiptNumber: valueSchema.optional(),
    /** The first rule that fits a row says what it is; without one it is a sale. */
    rules: z
      .array(
        z.strictObject({
          when: z.array(conditionSchema).min(1).max(10),
          as: z.enum(["sale", "return", "void", "stockCorrection", "notASale"]),
          reason: z.string().max(200).optional(),
        }),
      )
      .max(100)
      .default([]),
    itemTypes: z
      .array(
        z.strictObject({
          when: z.array(conditionSchema).min(1).max(10),
          as: z.enum(["stock", "service", "fee", "deposit", "giftCard", "donation", "fuel", "other"]),
        }),
      )
      .max(100)
      .default([]),
    line: lineSchema,
    rounding: z.enum(["half-up", "half-even"]).default("half-up"),
    /** Decimals of a unit price that are taken for a price. More are the noise of a float, and set the row aside. */
    priceDecimalsMax: z.number().int().min(0).max(12).default(4),
    /** What was paid, from columns of the group's first row. Left out: the file tells of no tenders. */
    tenders: z
      .array(
        z.strictObject({
          type: z.union([z.enum(tenderTypes), z.strictObject({ column: columnName, map: z.record(z.string(), z.enum(tenderTypes)) })]),
          amount: z.strictObject({ column: columnName }),
        }),
      )
      .max(20)
      .optional(),
    /** The printed total, from the group's first row. Left out: the sum of the rows is the POS's own statement. */
    total: z.strictObject({ column: columnName }).optional(),
    customer: z.strictObject({ column: columnName, match: patternSchema.optional() }).optional(),
    member: z.strictObject({ column: columnName, match: patternSchema.optional() }).optional(),
    operator: z.strictObject({ column: columnName, match: patternSchema.optional() }).optional(),
    /** Columns of the group's first row that are kept for audit as they are. Name no column with personal data here. */
    keep: z.array(columnName).max(50).default([]),
    /** Columns that are known and left out on purpose. Others are left out as well; naming them says that it was meant. */
    drop: z.array(columnName).max(DELIMITED_COLUMNS_MAX).default([]),
  })
  .refine(
    (m) => m.format.kind === "fixedWidth" || m.format.header || m.format.columns !== undefined,
    "format.columns is needed without a header",
  )
  .refine((m) => m.line.amount !== undefined || m.line.unitPrice !== undefined, "line needs amount or unitPrice");
export type Mapping = z.infer<typeof mappingSchema>;

/** Every column that the mapping reads. A file that lacks one is of another kind. */
export function columnsRead(mapping: Mapping): ReadonlySet<string> {
  const found = new Set<string>(mapping.keep);
  for (const name of mapping.groupBy ?? []) found.add(name);
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    if (typeof value !== "object" || value === null) return;
    for (const [key, item] of Object.entries(value)) {
      if (key === "column" && typeof item === "string") found.add(item);
      else if (key === "runningNumberWithin" && Array.isArray(item)) for (const name of item) found.add(String(name));
      else visit(item);
    }
  };
  const { format: _format, drop: _drop, keep: _keep, groupBy: _groupBy, ...rest } = mapping;
  visit(rest);
  return found;
}

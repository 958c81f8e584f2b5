import { readFile } from "node:fs/promises";
import { TillsyncError } from "@tillsync/sync-protocol";
import { z } from "zod";

/** Fields of a document, or of an object in it: `amount`, `attributes.colour`. */
const fieldName = z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,59}(\.[A-Za-z0-9][A-Za-z0-9_-]{0,59})?$/, "a field, or a field of a field");
const mark = z.string().length(1);
const numberMarks = { decimal: mark.default("."), group: mark.optional() };

const typeSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("text") }),
  z.strictObject({ type: z.literal("integer") }),
  z.strictObject({ type: z.literal("boolean"), true: z.array(z.string()).min(1), false: z.array(z.string()).min(1) }),
  /** Money: `12,50` as minor units by the currency's exponent. */
  z.strictObject({ type: z.literal("amount"), exponent: z.number().int().min(0).max(4), ...numberMarks }),
  z.strictObject({ type: z.literal("decimal"), ...numberMarks }),
  /** 8, 12, 13 or 14 digits, as 14. */
  z.strictObject({ type: z.literal("gtin") }),
  z.strictObject({ type: z.literal("list"), separator: z.string().min(1), of: z.enum(["text", "gtin"]).default("text") }),
  /** `DD.MM.YYYY`, with `HH:mm` or without. `plusDays: 1` where a file's last day is meant to be included. */
  z.strictObject({ type: z.literal("date"), format: z.string().min(1).max(40), plusDays: z.number().int().min(0).max(1).default(0) }),
]);
export type CellType = z.infer<typeof typeSchema>;

const sourceSchema = z.union([
  z.strictObject({ value: z.json() }),
  z.strictObject({
    columns: z.array(z.string().min(1)).min(1).max(10),
    /** Between the cells of several columns. */
    joinWith: z.string().default(""),
    /** Before a cell that is not empty: `store:`. */
    prefix: z.string().default(""),
    as: typeSchema.default({ type: "text" }),
  }),
]);
export type FieldSource = z.infer<typeof sourceSchema>;

/** How a delimited file says what a collection takes. */
export const csvMappingSchema = z.strictObject({
  delimiter: mark.default(","),
  /** Empty: the file quotes nothing. */
  quote: z.string().max(1).default('"'),
  encoding: z.enum(["utf-8", "windows-1252"]).default("utf-8"),
  fields: z.record(fieldName, sourceSchema),
});
export type CsvMapping = z.infer<typeof csvMappingSchema>;

/** Throws `config.unreadable`, `config.invalid` naming the first field that is wrong. */
export async function readMapping(path: string): Promise<CsvMapping> {
  let json: unknown;
  try {
    json = JSON.parse(await readFile(path, "utf8"));
  } catch (cause) {
    throw new TillsyncError("config.unreadable", path, { cause });
  }
  const parsed = csvMappingSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new TillsyncError("config.invalid", `${issue?.path.map(String).join(".") || "mapping"}: ${issue?.message ?? "invalid"}`);
}

import { z } from "zod";

export const businessDaySchema = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, "YYYY-MM-DD");

/** Days that the window can look back on; older ones are head office's. */
export const DAYS_MAX = 31;
/** Tills of one store that one agent captures for. */
export const TILLS_MAX = 500;

/** What one till sold on one day, as captured here, beside what the POS itself says. Amounts are integer minor units as text. */
const tillDaySchema = z.object({
  store: z.string(),
  workstation: z.string(),
  currency: z.string(),
  exponent: z.number().int(),
  /** Receipts that count as sales or returns. */
  sales: z.number().int(),
  gross: z.string(),
  /** The latest X or Z report or till close of that day that carries totals; null: none has come. */
  pos: z
    .object({
      kind: z.enum(["xReport", "zReport", "tillClose", "storeClose"]),
      reportNumber: z.string().nullable(),
      count: z.number().int().nullable(),
      grand: z.string().nullable(),
      /** As the POS wrote it. */
      at: z.string().nullable(),
      /** What was captured here up to that report, in the journal's order: what its figures are compared with. */
      salesThen: z.number().int(),
      grossThen: z.string(),
    })
    .nullable(),
  agrees: z.enum(["equal", "differs", "no-report"]),
});
export type TillDay = z.infer<typeof tillDaySchema>;

export const dayAnswerSchema = z.object({
  businessDay: businessDaySchema.nullable(),
  /** Days with receipts, the latest first. */
  days: z.array(businessDaySchema).max(DAYS_MAX),
  tills: z.array(tillDaySchema).max(TILLS_MAX),
});
export type DayAnswer = z.infer<typeof dayAnswerSchema>;

/** A till that sales came from, and the programs that bring them over HTTP. */
const deviceSchema = z.object({
  store: z.string(),
  workstation: z.string(),
  lastReceiptAt: z.string().nullable(),
  lastCapturedAtMs: z.number().int().nullable(),
  source: z.string().nullable(),
});
export const devicesAnswerSchema = z.object({ devices: z.array(deviceSchema).max(TILLS_MAX) });
export type DevicesAnswer = z.infer<typeof devicesAnswerSchema>;
